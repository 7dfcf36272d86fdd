#!/usr/bin/env python3
"""Django's command line with our two import roots (the checkout and platform/) in place."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OFFLINE = {"watch_score"}
"""Commands that need no server."""


def main() -> None:
    for folder in (ROOT / "platform", ROOT):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    settings = "offline" if OFFLINE.intersection(sys.argv[1:2]) else "embedded"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
