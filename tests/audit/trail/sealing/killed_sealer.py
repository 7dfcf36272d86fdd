"""A sealer in a process of its own that is killed (SIGKILL): before it hashes, with its batch written, or after its commit."""

from __future__ import annotations

import os
import signal
import sys

import django


def main(scope: str, key: str, place: str) -> None:
    django.setup()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from audit.trail.sealing import sealer

    write = sealer._write_batch

    def killed(*arguments: object) -> None:
        if place == "during":
            write(*arguments)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)

    if place != "after":
        sealer._write_batch = killed  # type: ignore[assignment]
    sealer.seal_scope(scope, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
