"""Django's own backend for PostgreSQL, but for how the tables are emptied after a test."""
