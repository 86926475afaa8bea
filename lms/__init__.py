"""Yntymak's server side.  The map of the apps is in README.md."""

from lms.celery import app as celery_app

__all__ = ["celery_app"]
