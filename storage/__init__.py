"""Everything that speaks SQL, and what protects it: encryption, the audit chain, the engine's lock."""
