"""The suite's own PostgreSQL cluster.

A base cluster (two prefectures onboarded, everything migrated) is built once per state of the migrations and kept below
var/test/. A run copies it, starts the copy on a free port, and deletes it at the end; a worker of the run works in its own
copy of the databases. So nothing of one run or worker can be seen by another.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from ops.embedded.place import find, forget
from ops.embedded.ports import free_port, write_port
from ops.embedded.postgres import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "test"
PASSWORD = "suite-superuser"
TEMPLATE = "tst_template"

# Whatever shapes the base cluster.
_SHAPING = (
    "**/migrations/*.py",
    "tenants/core/*.py",
    "tenants/core/db/*.py",
    "tenants/keyring/*.py",
    "tenants/console/onboarding.py",
    "domain/*/grants.py",
    "audit/trail/*.py",
    "tests/support/build_base.py",
    "ops/embedded/*.py",
    "requirements.lock",
)


def base_name() -> str:
    digest = hashlib.sha256()
    for pattern in _SHAPING:
        for path in sorted(ROOT.glob(pattern)):
            relative = path.relative_to(ROOT)
            if relative.parts[0] not in {".venv", "var"}:
                digest.update(f"{relative}\n".encode() + path.read_bytes())
    return f"base-{digest.hexdigest()[:16]}"


def ensure_base() -> Path:
    """The folder of the stopped base cluster, built if this state of the code has none yet. The caller holds the lock."""
    base = FOLDER / base_name()
    if not (base / "ready").exists():
        for old in FOLDER.glob("base-*"):
            forget(old)
            shutil.rmtree(old, ignore_errors=True)
        _build(base)
    return base


def start_copy(run: Path, port: int) -> PostgresServer:
    """Copy the base cluster to the folder of this run and start it there."""
    run.mkdir(parents=True, exist_ok=True)
    server = _server(run)
    with _lock(FOLDER / "base.lock"):
        origin = _server(ensure_base())
        subprocess.run(["cp", "-a", str(origin.data), str(server.data)], check=True)
    write_port(run_port_file(server), port)
    server.start()
    if server.port != port:
        raise RuntimeError("the port of the test cluster was taken meanwhile; run the tests again")
    return server


def remove(run: Path) -> None:
    _server(run).stop()
    forget(run)
    shutil.rmtree(run, ignore_errors=True)


def copy_databases(server: PostgresServer, name: str) -> None:
    """The databases of one worker: main and audit, with the rights that a copy does not inherit."""
    with server.connect("postgres") as superuser:
        for suffix in ("", "_audit"):
            target = sql.Identifier(f"{name}{suffix}")
            template = f"{TEMPLATE}{suffix}"
            owner = sql.Identifier(f"tst{suffix}_owner")
            superuser.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(target, sql.Identifier(template), owner)
            )
            superuser.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(target))
            rows = superuser.execute(
                "SELECT grantee::regrole::text FROM pg_database d, aclexplode(d.datacl)"
                " WHERE datname = %s AND privilege_type = 'CONNECT' AND grantee <> 0",
                [template],
            ).fetchall()
            for (role,) in rows:
                superuser.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(target, sql.Identifier(str(role).strip('"')))
                )


def run_port_file(server: PostgresServer) -> Path:
    return server.place.home / "postgres.port"


def _server(folder: Path) -> PostgresServer:
    return PostgresServer(find(folder), password=PASSWORD, safe=False)


def _build(base: Path) -> None:
    server = _server(base)
    write_port(run_port_file(server), free_port(Path("/nonexistent")))
    server.start()
    try:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SHOREI_")},
            "DJANGO_SETTINGS_MODULE": "config.settings.testing",
            "SHOREI_DATABASE_LOGIN": "owner",
            "TESTS_POSTGRES_PORT": str(server.port),
            "TESTS_DATABASE": TEMPLATE,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        }
        subprocess.run([sys.executable, "-m", "tests.support.build_base"], cwd=ROOT, env=environment, check=True)
    finally:
        server.stop()
    (base / "ready").touch()


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def shared_by_workers(run: Path) -> Iterator[PostgresServer]:
    """Count the workers of a run: the first starts the cluster, the last one removes it."""
    run.mkdir(parents=True, exist_ok=True)
    users = run / "users"
    server = _server(run)
    with _lock(FOLDER / f"{run.name}.lock"):
        if not users.exists():
            start_copy(run, int(os.environ["TESTS_POSTGRES_PORT"]))
        users.write_text(str(_count(users) + 1))
    try:
        yield server
    finally:
        with _lock(FOLDER / f"{run.name}.lock"):
            left = _count(users) - 1
            users.write_text(str(left))
            if left == 0:
                remove(run)
                (FOLDER / f"{run.name}.lock").unlink(missing_ok=True)


def _count(users: Path) -> int:
    return int(users.read_text()) if users.exists() else 0
