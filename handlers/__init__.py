"""Everything that speaks to people and the world outside."""
