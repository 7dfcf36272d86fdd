"""Django for the demo's own processes: the embedded settings, nothing else."""

from __future__ import annotations

import os

import django


def set_up(*, login: str = "gateway") -> None:
    """`login`: gateway, or owner for the process that provisions."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    os.environ["SHOREI_DATABASE_LOGIN"] = login
    django.setup()
