"""Settings common to every deployment. What differs stands in embedded, testing and production beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from config.env import Environment

django_stubs_ext.monkeypatch()  # lets generic Django classes be subscripted at run time, as the type annotations do

ROOT = Path(__file__).resolve().parents[3]
env = Environment()
VAR = env.path("SHOREI_VAR", ROOT / "var")

# --- who is a tenant -------------------------------------------------------------------------------------------------

SHARED_APPS = [
    "django_tenants",
    "tenants.core",
    "tenants.keyring",
    "tenants.console",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp_webauthn",
    "django_htmx",
    "auditlog",
    "web",
    "accounts",
    "jobs",
    "audit.trail",
]
TENANT_APPS = [
    "tenants.keyring",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_otp",
    "django_otp_webauthn",
    "auditlog",
    "accounts",
    "jobs",
    "audit.trail",
    "audit.detection",
    "audit.review",
    "domain.households",
    "domain.staffing",
    "domain.vault",
    "domain.linkage",
    "domain.atena_trials",
    "domain.handover",
    "domain.yearpacks",
    "domain.statements",
    "domain.payments",
    "domain.reports",
    "domain.impact",
]
INSTALLED_APPS = [*SHARED_APPS, *[app for app in TENANT_APPS if app not in SHARED_APPS]]
TENANT_MODEL = "core.Prefecture"
TENANT_DOMAIN_MODEL = "core.Host"
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "config.urls_console"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- requests --------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "config.urls_tenant"
URLCONF_CONSOLE = "config.urls_console"
WSGI_APPLICATION = "config.wsgi.application"
MIDDLEWARE = [
    # Outermost, so that also who came to no host of ours, or too early, is answered with them.
    "web.kept.NotKeptMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.core.middleware.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "audit.trail.middleware.TrailMiddleware",
    "accounts.middleware.GuardMiddleware",
]
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "platform" / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "config.context.frame",
            ]
        },
    }
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

# --- browsers --------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.refusals.csrf_failure"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_IDLE_SECONDS_NUMBERS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
STEP_UP_SECONDS = 10 * 60
OTP_TOLERANCE_STEPS = 1
# The origin a key answers for is the host of the request itself (accounts.security_keys.Helper), so there is no list of them.
SILENCED_SYSTEM_CHECKS: list[str] = ["otp_webauthn.E030"]
OTP_WEBAUTHN_RP_NAME = "就学奨励費"
OTP_WEBAUTHN_RP_ID_CALLABLE = "accounts.security_keys.host_of"
OTP_WEBAUTHN_HELPER_CLASS = "accounts.security_keys.Helper"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
TRUSTED_PROXIES = env.optional_networks("SHOREI_TRUSTED_PROXY")
CONSOLE_NETWORKS: list[str] = []  # where production names those of its operators; none: from everywhere
VIRUS_SCANNER = ""  # "": files are not scanned; production names one
BREACHED_PASSWORDS: Path | None = None
BROKER_USE_SSL: dict[str, Any] | None = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name", "kana"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.guessable.GuessableValidator"},
    {"NAME": "accounts.passwords.OfficeWordsValidator"},
    {"NAME": "accounts.passwords.OwnDataValidator"},
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
]

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"

# --- databases -------------------------------------------------------------------------------------------------------


def database_settings(*, host: str, port: int, name: str, login: str) -> dict[str, Any]:
    """Django's only alias. The backend fills in user and password of the login of the moment (tenants.core.db)."""
    return {
        "ENGINE": "tenants.core.db",
        "HOST": host,
        "PORT": port,
        "NAME": name,
        "LOGIN": login,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "shugaku"},
    }


DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SCHEMA_REFERENCE = "ref"
DATABASE_LOGIN = env.choice("SHOREI_DATABASE_LOGIN", ("gateway", "owner"), "gateway")
LOGIN_CONNECTIONS_KEPT = env.integer("SHOREI_LOGIN_CONNECTIONS_KEPT", 8)  # by each thread

# --- cache ----------------------------------------------------------------------------------------------------------


def cache_settings(url: str) -> dict[str, Any]:
    """Django's CACHES entry for a Valkey server."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_FUNCTION": "tenants.core.cache.scoped_key",
        "OPTIONS": {"serializer": "tenants.core.cache.JsonSerializer"},
    }


# --- jobs ------------------------------------------------------------------------------------------------------------

JOB_LEASE_SECONDS = env.integer("SHOREI_JOB_LEASE_SECONDS", 30)
JOB_SWEEP_SECONDS = env.integer("SHOREI_JOB_SWEEP_SECONDS", 10)
# Slots of one process that calculates, of one that waits for other machines; how many a single prefecture may hold of all there are.
# Twice the cores of the smallest machine: a prefecture that is alone has all cores, and there are slots left for one that comes.
JOB_SLOTS = env.integer("SHOREI_JOB_SLOTS", 4)
JOB_SHARE = env.integer("SHOREI_JOB_SHARE", max(1, JOB_SLOTS // 2))
JOB_EXCHANGE_SLOTS = env.integer("SHOREI_JOB_EXCHANGE_SLOTS", 8)
JOB_EXCHANGE_SHARE = env.integer("SHOREI_JOB_EXCHANGE_SHARE", 1)

# --- this product ----------------------------------------------------------------------------------------------------

FILES_ROOT = VAR / "files"
# What no adapter configuration may leave: files below one folder per 団体コード, machines named here, certificates put there.
EXCHANGE_ROOT = env.path("SHOREI_EXCHANGE_ROOT", VAR / "exchange")
ATENA_CERTIFICATES = env.path("SHOREI_ATENA_CERTIFICATES", VAR / "certificates")
ATENA_ALLOWED_HOSTS = ["127.0.0.1", "::1", "localhost"]
TRAIL_RECEIVER_HOSTS = ["127.0.0.1", "localhost"]
DEVELOPMENT_TOOLS = False
EMBEDDED_SERVERS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("SHOREI_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    },
    # Else fifteen lines for each file that is put or fetched, and every address that is called.
    "loggers": {name: {"level": "WARNING"} for name in ("asyncssh", "httpx")},
}

# Who holds the master key (tenants.core.providers), and a second key known only while it is being changed.
KEY_PROVIDER = "tenants.core.providers.SettingsProvider"
MASTER_KEYS_ALSO: list[str] = []

# PostgreSQL's own triggers note every write to the tables of these (audit.trail.witness).
WITNESSED_APPS = ["vault", "statements", "payments"]

# After migrations each of these gives further (or takes away) rights: (schema, login, relay login) -> statements.
SCHEMA_GRANTS = [
    "audit.trail.grants.outbox_grants",
    "audit.trail.witness.grants.witness_grants",
    "tenants.core.statistics.statistics_grants",
    "domain.vault.grants.key_destruction_grants",
    "domain.linkage.grants.link_figures_grants",
]
