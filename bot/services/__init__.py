"""Use cases, one transaction each: load, ask the domain, save with audit and notices."""
