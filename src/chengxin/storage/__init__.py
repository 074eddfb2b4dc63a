"""落库: bulk rows and append-only guards, the same on SQLite and PostgreSQL."""
