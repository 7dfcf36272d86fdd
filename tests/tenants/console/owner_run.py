"""As the owner login, in a process of its own: what the worker of the queue "owner" does. Argument: the id of a job."""

from __future__ import annotations

import sys
from uuid import UUID

import django


def main(job_id: str) -> int:
    django.setup()
    from jobs.running import run_job
    from tenants.core.context import console_context

    with console_context():
        outcome = run_job(UUID(job_id))
    return 0 if outcome == "succeeded" else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
