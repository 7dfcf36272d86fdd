"""`python -m ops.embedded start|stop|status|forget` for the servers under var/."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ops.embedded.place import forget
from ops.embedded.servers import servers_of

VAR = Path(os.environ.get("SHOREI_VAR") or Path(__file__).resolve().parents[2] / "var")


def main(arguments: list[str]) -> int:
    act = arguments[0] if len(arguments) == 1 else ""
    servers = servers_of(VAR)
    if act == "start":
        servers.start()
    elif act == "stop":
        servers.stop()
    elif act == "forget":
        servers.stop()
        forget(VAR)
    elif act != "status":
        print(__doc__)
        return 2
    for name, running in (("PostgreSQL", servers.postgres.running()), ("Valkey", servers.valkey.running())):
        print(f"{name}: {'running' if running else 'stopped'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
