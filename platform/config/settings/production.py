"""Production: everything from the environment, TLS everywhere, and a refusal to start half configured."""

from config.env import EnvironmentRefused
from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_LOGIN, cache_settings, database_settings, env

DEBUG = False

SECRET_KEY = env.secret("SHOREI_SECRET_KEY")
MASTER_KEY = env.secret("SHOREI_MASTER_KEY")
if MASTER_KEY.startswith("development-only:"):
    raise EnvironmentRefused("SHOREI_MASTER_KEY is a development key; make a production key before starting")
MASTER_KEYS_ALSO = [key for key in [env.optional_secret("SHOREI_MASTER_KEY_ALSO")] if key]
if len(SECRET_KEY) < 50:
    raise EnvironmentRefused("SHOREI_SECRET_KEY is shorter than 50 characters")

_host = env.text("SHOREI_DATABASE_HOST")
_port = env.integer("SHOREI_DATABASE_PORT", 5432)
_name = env.text("SHOREI_DATABASE_NAME")
_audit = env.text("SHOREI_AUDIT_DATABASE_NAME")
ROLE_PREFIX = env.text("SHOREI_ROLE_PREFIX", _name)
DATABASES = {"default": database_settings(host=_host, port=_port, name=_name, login=DATABASE_LOGIN)}
DATABASES["default"]["OPTIONS"]["sslmode"] = "verify-full"
AUDIT_DATABASE = {"host": _host, "port": _port, "name": _audit, "prefix": _audit, "sslmode": "verify-full"}
BROKER_URL = env.secret("SHOREI_BROKER_URL")
CACHES = {"default": cache_settings(env.secret("SHOREI_CACHE_URL"))}
BASE_DOMAIN = env.text("SHOREI_BASE_DOMAIN")
CONSOLE_HOST = env.text("SHOREI_CONSOLE_HOST")
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", CONSOLE_HOST]
ATENA_ALLOWED_HOSTS = env.names("SHOREI_ATENA_HOSTS")
TRAIL_RECEIVER_HOSTS = env.names("SHOREI_TRAIL_RECEIVER_HOSTS")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
