"""Production: everything from the environment, TLS everywhere, and a refusal to start half configured."""

import ssl

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
# Inside, one authority alone is believed: ours, not those that the machine came with.
_authority = str(env.certificates("SHOREI_INTERNAL_CA"))
_verified = {"sslmode": "verify-full", "sslrootcert": _authority}
DATABASES["default"]["OPTIONS"].update(_verified)
AUDIT_DATABASE = {"host": _host, "port": _port, "name": _audit, "prefix": _audit, **_verified}
BROKER_URL = env.secret("SHOREI_BROKER_URL")
BROKER_USE_SSL = {"ca_certs": _authority, "cert_reqs": ssl.CERT_REQUIRED}
CACHES = {"default": cache_settings(env.secret("SHOREI_CACHE_URL"))}
CACHES["default"]["OPTIONS"] |= {"ssl_ca_certs": _authority, "ssl_cert_reqs": "required"}
for _name, _url, _scheme in (("BROKER", BROKER_URL, "amqps"), ("CACHE", CACHES["default"]["LOCATION"], "rediss")):
    if not _url.startswith(f"{_scheme}://"):
        raise EnvironmentRefused(f"SHOREI_{_name}_URL must begin with {_scheme}://")
BASE_DOMAIN = env.text("SHOREI_BASE_DOMAIN")
CONSOLE_HOST = env.text("SHOREI_CONSOLE_HOST")
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", CONSOLE_HOST]
ATENA_ALLOWED_HOSTS = env.names("SHOREI_ATENA_HOSTS")
TRAIL_RECEIVER_HOSTS = env.names("SHOREI_TRAIL_RECEIVER_HOSTS")

# Without the proxy's address, nobody's own is known; the console answers on its operators' lines alone.
TRUSTED_PROXIES = env.networks("SHOREI_TRUSTED_PROXY")
CONSOLE_NETWORKS = env.networks("SHOREI_CONSOLE_NETWORKS")
VIRUS_SCANNER = env.on_this_machine("SHOREI_SCANNER")
BREACHED_PASSWORDS = env.optional_file("SHOREI_BREACHED_PASSWORDS")
OTP_TOLERANCE_STEPS = env.integer("SHOREI_OTP_TOLERANCE_STEPS", 0)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
