"""`health` is for those who watch the installation, `progress` for those who wait for a job."""
