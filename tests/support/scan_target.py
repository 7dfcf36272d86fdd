"""Two prefectures on loopback for scanners: a cluster of their own, records of every kind, somebody signed in at each.

Prints one line of JSON (name, port, cookies, id of who is signed in) and serves until its input ends. Nothing of it stays.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from ops.embedded.ports import free_port
from tests.support import cluster

HOSTS = {"kou": "kou.localhost", "otsu": "otsu.localhost"}


def main() -> int:
    run, port = cluster.FOLDER / f"scan-{os.getpid()}", free_port(Path("/nonexistent"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.testing",
        "TESTS_POSTGRES_PORT": str(port),
        "TESTS_DATABASE": cluster.TEMPLATE,
    }
    cluster.start_copy(run, port)
    try:
        with tempfile.TemporaryDirectory() as folder:
            serve(Path(folder))
    finally:
        cluster.remove(run)
    return 0


def serve(folder: Path) -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.FILES_ROOT, settings.STATIC_ROOT = folder / "files", str(folder)
    told = [start(name) for name in HOSTS]
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    from django.db import connections

    connections.close_all()


def start(name: str) -> dict[str, object]:
    """One server for each host: scanners know addresses, not names below localhost."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    port = free_port(Path("/nonexistent"))
    cookie, person = signed_in(name)
    server: Any = ThreadedWSGIServer(("127.0.0.1", port), type("Quiet", (WSGIRequestHandler,), {"log_message": _mute}))
    server.set_app(under_host(HOSTS[name]))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"name": name, "port": port, "cookie": cookie, "person": person}


def under_host(host: str) -> Any:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        environ["HTTP_HOST"] = host
        return application(environ, start_response)

    return answer


def signed_in(name: str) -> tuple[str, int]:
    from accounts.roles import TENANT_ROLES
    from tenants.core.context import gateway_context, prefecture_context
    from tenants.core.models import Prefecture
    from tests.platform.accounts.sign_in import client_of, code_of, give_password, make_person
    from tests.tenants.isolation_world import objects_of_a

    with gateway_context():
        prefecture = Prefecture.objects.get(slug=name)
    client = client_of(HOSTS[name])
    with prefecture_context(prefecture):
        objects_of_a()
        person = make_person("scanner", *TENANT_ROLES)
    give_password(client, person)
    with prefecture_context(prefecture):
        code = code_of(person)
    client.post("/login/otp/", {"token": code})
    return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items()), person.pk


def _mute(*_: object) -> None:
    """Thousands of requests are nobody's reading."""


if __name__ == "__main__":
    raise SystemExit(main())
