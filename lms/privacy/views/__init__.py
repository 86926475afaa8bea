"""Pages about one person's data."""
