"""Settings, URL maps of the two host kinds, Celery application, entry points."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
