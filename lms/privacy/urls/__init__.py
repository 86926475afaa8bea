"""Addresses of the pages about one person's data."""
