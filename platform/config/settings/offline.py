"""For commands that only read a file and print: no server, no secret, nothing kept. Every connection fails."""

import secrets

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_LOGIN, database_settings

SECRET_KEY = secrets.token_urlsafe(50)
MASTER_KEY = f"development-only:{secrets.token_hex(32)}"
ROLE_PREFIX = "offline"
DATABASES = {"default": database_settings(host="127.0.0.1", port=1, name="offline", login=DATABASE_LOGIN)}
AUDIT_DATABASE = {"host": "127.0.0.1", "port": 1, "name": "offline", "prefix": "offline"}
BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
BASE_DOMAIN = "localhost"
CONSOLE_HOST = "console.localhost"
ALLOWED_HOSTS: list[str] = []
