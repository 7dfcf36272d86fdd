"""A relay in a process of its own that is killed (SIGKILL) at a chosen place: before or after the audit commit."""

from __future__ import annotations

import os
import signal
import sys

import django


def main(schema: str, code: str, place: str) -> None:
    django.setup()
    from audit.trail import relay, store

    insert = store.insert

    def killed(*arguments: object, **options: object) -> None:
        if place == "after":
            insert(*arguments, **options)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)

    store.insert = killed
    relay.relay_schema(schema, code)


if __name__ == "__main__":
    main(*sys.argv[1:])
