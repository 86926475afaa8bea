"""Django's backend for SQLite, with less ado (settings: DATABASES)."""
