"""Alembic's environment: forward only, packaged with the program."""
