"""The test suite: its own servers on free ports under var/test/, laid out by tests/conftest.py before Django starts."""

import os
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_LOGIN, ROOT, database_settings

EMBEDDED_SERVERS = True
DEVELOPMENT_TOOLS = True
DEBUG = False

VAR = ROOT / "var" / "test"
FILES_ROOT = Path(os.environ.get("TESTS_FILES_ROOT", VAR / "files"))
SECRET_KEY = "testing-only-key-of-the-suite-with-enough-length-and-variety-0123456789"  # noqa: S105 - the suite only
MASTER_KEY = os.environ.get("TESTS_MASTER_KEY", "development-only:" + "5a" * 32)
MASTER_KEYS_ALSO = [key for key in [os.environ.get("TESTS_MASTER_KEY_ALSO")] if key]
ROLE_PREFIX = os.environ.get("TESTS_ROLE_PREFIX", "tst")
_database = os.environ.get("TESTS_DATABASE", "tst_template")
_port = int(os.environ.get("TESTS_POSTGRES_PORT", "1"))
DATABASES = {"default": database_settings(host="127.0.0.1", port=_port, name=_database, login=DATABASE_LOGIN)}
AUDIT_DATABASE = {"host": "127.0.0.1", "port": _port, "name": f"{_database}_audit", "prefix": f"{ROLE_PREFIX}_audit"}
BROKER_URL = os.environ.get("TESTS_BROKER_URL", "memory://")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "tenants.core.cache.scoped_key",
    }
}
BASE_DOMAIN = "localhost"
CONSOLE_HOST = "console.localhost"
ALLOWED_HOSTS = [".localhost", "127.0.0.1"]
JOB_LEASE_SECONDS = int(os.environ.get("TESTS_JOB_LEASE_SECONDS", "30"))
JOB_SHARE = 1  # the strictest
PASSWORD_HASHERS = ["tests.support.hashers.QuickArgon2Hasher"]
WHITENOISE_AUTOREFRESH = True  # do not read every static file for every test client
