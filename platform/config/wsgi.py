"""WSGI entry point."""

import os
import sys
from pathlib import Path

_root = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(folder) for folder in (_root, _root / "platform") if str(folder) not in sys.path]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from tenants.core.versions import refuse_lagging  # noqa: E402 - needs the applications that the line above loads

refuse_lagging()
