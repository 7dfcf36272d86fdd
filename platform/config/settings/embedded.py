"""Demonstration and development: real servers of our own under var/, plain HTTP on loopback. Never for production."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASE_LOGIN, VAR, cache_settings, database_settings, env
from ops.embedded.servers import secret, servers_of

EMBEDDED_SERVERS = True
DEVELOPMENT_TOOLS = True
DEBUG = False

_servers = servers_of(VAR)
try:
    _port, _valkey = _servers.postgres.port, _servers.valkey.url
except FileNotFoundError:
    raise SystemExit("このフォルダーには、まだサーバーがありません。先に make demo を実行してください。") from None

SECRET_KEY = secret(VAR, "django")
MASTER_KEY = secret(VAR, "master")
ROLE_PREFIX = "shugaku"
DATABASES = {"default": database_settings(host="127.0.0.1", port=_port, name="shugaku", login=DATABASE_LOGIN)}
AUDIT_DATABASE = {
    "host": "127.0.0.1",
    "port": _port,
    "name": "shugaku_audit",
    "prefix": "shugaku_audit",
}
BROKER_URL = _valkey
CACHES = {"default": cache_settings(_valkey.replace("/0", "/1"))}
BASE_DOMAIN = env.text("SHOREI_BASE_DOMAIN", "localhost")
CONSOLE_HOST = env.text("SHOREI_CONSOLE_HOST", f"console.{BASE_DOMAIN}")
ALLOWED_HOSTS = [f".{BASE_DOMAIN}", "127.0.0.1"]
