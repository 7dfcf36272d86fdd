"""Django for the demo's own processes: the embedded settings, nothing else."""

from __future__ import annotations

import gc
import os

import django


def set_up(*, login: str = "gateway") -> None:
    """`login`: gateway, or owner for the process that provisions."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    os.environ["SHOREI_DATABASE_LOGIN"] = login
    gc.disable()  # among what is loaded now there is no garbage: looking for it was a fifth of the start
    django.setup()
    gc.freeze()
    gc.enable()
