"""One embedded PostgreSQL 18 cluster: SCRAM log-ins, loopback only, no Unix socket."""

from __future__ import annotations

import contextlib
import subprocess

import psycopg

from ops.embedded.place import Place
from ops.embedded.ports import free_port, read_port, write_port

SUPERUSER = "postgres"


class PostgresServer:
    """`safe=False` trades durability for speed and is for throw-away test clusters."""

    def __init__(self, place: Place, *, password: str, name: str = "postgres", safe: bool = True) -> None:
        self.place = place
        self.password = password
        self.safe = safe
        self.data = place.home / name
        self._port_file = place.home / f"{name}.port"

    @property
    def port(self) -> int:
        return read_port(self._port_file)

    def start(self) -> None:
        """Start, making the cluster on the first call. Does nothing when it already answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self.running():
            return
        write_port(self._port_file, free_port(self._port_file))
        self._write_configuration()
        log = self.place.make_folder("log") / f"{self.data.name}.log"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(log))

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(self.data))

    def running(self) -> bool:
        if not (self.data / "postmaster.pid").exists() or not self._port_file.exists():
            return False
        try:
            with self.connect("postgres", timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def connect(self, database: str, *, timeout: int = 5) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser connection, for laying out databases and logins only."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=timeout,
            autocommit=True,
        )

    def _initialise(self) -> None:
        folder = self.place.make_folder(self.data.name)
        password_file = self.place.make_folder("setup") / "superuser"
        password_file.write_text(self.password)
        password_file.chmod(0o600)
        self.place.give(password_file)
        try:
            self._run(
                "initdb", "-D", str(folder), "-U", SUPERUSER, "--pwfile", str(password_file), "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                *([] if self.safe else ["--no-sync"]),
            )  # fmt: skip
        finally:
            password_file.unlink()

    def _write_configuration(self) -> None:
        lines = {
            "listen_addresses": "'127.0.0.1'",
            "port": str(self.port),
            "unix_socket_directories": "''",
            "password_encryption": "'scram-sha-256'",
            "max_connections": "200",
            "shared_buffers": "'256MB'",
            "timezone": "'Asia/Tokyo'",
            "log_timezone": "'Asia/Tokyo'",
            "lc_messages": "'C'",
            "log_statement": "'none'",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "log_min_error_statement": "'panic'",  # statements may carry personal data: never write them to the log
            "max_wal_size": "'2GB'",
        }
        if not self.safe:
            lines |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        path = self.data / "postgresql.auto.conf"
        path.write_text("".join(f"{key} = {value}\n" for key, value in lines.items()))
        self.place.give(path)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.place.postgres_bin / program), *arguments],
            cwd=str(self.place.home),
            env={"LC_ALL": "C", "TZ": "Asia/Tokyo", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
            check=False,
            text=True,
            **self.place.run_as(),  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, program, output=done.stdout)
