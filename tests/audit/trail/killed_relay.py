"""A relay in a process of its own that is killed (SIGKILL) at a chosen place: before or after the audit commit, or after the second
one, by which it told of what it refused."""

from __future__ import annotations

import os
import signal
import sys

import django


def main(schema: str, code: str, place: str) -> None:
    django.setup()
    from audit.trail import relay, store

    insert, commits_before = store.insert, [None] * {"before": 0, "after": 1, "told": 2}[place]

    def killed(*arguments: object, **options: object) -> None:
        if commits_before:
            insert(*arguments, **options)  # type: ignore[arg-type]
            commits_before.pop()
        if not commits_before:
            os.kill(os.getpid(), signal.SIGKILL)

    store.insert = killed
    relay.relay_schema(schema, code)


if __name__ == "__main__":
    main(*sys.argv[1:])
