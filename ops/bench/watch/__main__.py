"""`make bench-watch`: measure, print, and write the measured part of docs/detection.md."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.offline")

import django

django.setup()

from ops.bench.watch.page import run  # noqa: E402 - the settings come first

if __name__ == "__main__":
    sys.exit(run())
