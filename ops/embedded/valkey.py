"""One embedded Valkey 9 server: password, loopback only, append-only file so that a restart loses no message."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time

import redis

from ops.embedded.place import Place
from ops.embedded.ports import free_port, read_port, write_port


class ValkeyServer:
    def __init__(self, place: Place, *, password: str, name: str = "valkey") -> None:
        self.place = place
        self.password = password
        self.name = name
        self._port_file = place.home / f"{name}.port"
        self._pid_file = place.home / name / "valkey.pid"

    @property
    def port(self) -> int:
        return read_port(self._port_file)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        if self.running():
            return
        write_port(self._port_file, free_port(self._port_file))
        folder = self.place.make_folder(self.name)
        configuration = folder / "valkey.conf"
        configuration.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {folder}\n"
            f"pidfile {self._pid_file}\nlogfile {folder / 'valkey.log'}\ndaemonize yes\n"
            'save ""\nappendonly yes\nappendfsync everysec\nmaxmemory 256mb\nmaxmemory-policy noeviction\n'
        )
        configuration.chmod(0o600)
        self.place.give(configuration)
        subprocess.run(
            [str(self.place.valkey_bin), str(configuration)],
            cwd=str(folder),
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            **self.place.run_as(),  # type: ignore[call-overload]
        )
        self._wait()

    def stop(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
            for _ in range(200):
                os.kill(pid, 0)
                time.sleep(0.05)

    def running(self) -> bool:
        if not self._port_file.exists() or not self._pid_file.exists():
            return False
        with contextlib.suppress(redis.RedisError), self._client() as client:
            return bool(client.ping())
        return False

    def _client(self) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, password=self.password, socket_timeout=2)

    def _wait(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self.running():
                return
            time.sleep(0.05)
        raise TimeoutError("valkey did not answer within 15 seconds")
