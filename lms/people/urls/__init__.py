"""Addresses: one file per door."""
