"""Pages of the cohorts."""
