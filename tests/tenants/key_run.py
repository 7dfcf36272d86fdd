"""What a process with certain master keys can do, for the tests of keys: `python -m tests.tenants.key_run <act> [argument] …`.

Several acts stand one after the other, each with its argument ("" for none; "-": what the act before it gave), and each begins
as a new process would: with fresh connections and no kept keys.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

SECRET = "秘匿の内容-20250401"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(*given: str) -> int:
    django.setup()
    result: Any = None
    for act, argument in zip(given[::2], given[1::2], strict=True):
        result = ACTS[act](str(result) if argument == "-" else argument)
        say(json.dumps(result))
        _begin_anew()
    return 0


def _begin_anew() -> None:
    from django.db import connections

    from tenants.core import keys

    keys.forget_kept_keys()
    connections["default"].close()


def _inside(work: Any) -> Any:
    from tenants.core.context import gateway_context, prefecture_context
    from tenants.core.models import Prefecture

    with gateway_context():
        prefecture = Prefecture.objects.get(slug="kou")
    with prefecture_context(prefecture):
        return work()


def write(_: str) -> str:
    from tenants.core import files, keys

    def work() -> str:
        files.write_atomically("secret.txt", SECRET.encode())
        keys.blind_index("rotating", "1")
        return keys.seal("rotating", SECRET.encode(), "row").hex()

    return str(_inside(work))


def open_both(sealed: str) -> str:
    """The class of the error, or the content of the file and of the sealed value when they are the same."""
    from tenants.core import files, keys

    def work() -> str:
        opened = keys.unseal("rotating", bytes.fromhex(sealed), "row")
        return opened.decode() if files.read("secret.txt") == opened else "different"

    try:
        return str(_inside(work))
    except Exception as error:
        return type(error).__name__


def keep_opening(sealed: str) -> dict[str, int]:
    """As a running process would: opens it again and again with fresh connections and no kept keys, until stdin ends."""
    import select

    told = {"opened": 0, "failed": 0}
    while not select.select([sys.stdin], [], [], 0)[0]:
        told["opened" if open_both(sealed) == SECRET else "failed"] += 1
        _begin_anew()
        if told["opened"] == 1:
            say("ready")
        time.sleep(0.02)
    return told


def renew(_: str) -> dict[str, Any]:
    """A number stored, its key renewed and the old one destroyed as every year; what the night's comparison makes of it."""
    from datetime import timedelta

    from django.db import transaction

    from audit.trail import relay
    from audit.trail.recorder import record
    from audit.trail.vocabulary import Event
    from audit.trail.witness.comparison import compare
    from domain.households.models import School
    from domain.vault import rotation
    from domain.vault.models import PersonNumber
    from domain.vault.numbers import Number
    from domain.vault.sealing import sealed_row
    from jobs.running import run_job
    from tests.domain.vault.conftest import make_household, number

    def work() -> dict[str, Any]:
        rotation.SETTLE = timedelta(0)
        school = School.objects.create(code="S77", name="鍵の年次更新校", departments=["elementary"])
        member = make_household(school, "H29-000077")["1"]
        with transaction.atomic():
            sealed_row(member.pk, PersonNumber.Field.INDIVIDUAL, Number(number(1))).save()
            record(Event.NUMBER_INDIVIDUAL_STORED)
        made, job = rotation.start_rotation("numbers")
        run_job(job.pk)
        relay.relay_all()
        found = compare()
        made.refresh_from_db()
        differences = [found.unrecorded, found.lost, found.unsigned, found.changed_heads]
        return {"state": made.state, "writes": found.writes, "differences": differences}

    return dict(_inside(work))


def compared(_: str) -> list[Any]:
    from audit.trail.witness.comparison import compare

    def work() -> list[Any]:
        found = compare()
        return [found.unrecorded, found.lost, found.unsigned, found.changed_heads]

    return list(_inside(work))


def operators(running: str) -> list[str]:
    """Two operators, the prefecture suspended (unless it is said to go on), and a one-time password of each."""
    from accounts.demo import create_demo_account, current_code
    from accounts.roles import Role
    from tenants.core.context import console_context
    from tenants.core.models import Prefecture

    with console_context():
        if not running:
            Prefecture.objects.filter(slug="kou").update(state="suspended")
        people = [create_demo_account(name, name, (Role.OPERATOR,), "hokko-no-yama") for name in ("one", "two")]
        return [current_code(person).code for person in people]


def console_events(name: str) -> list[Any]:
    from tenants.core.context import console_context
    from tests.support.outbox import outbox

    with console_context():
        return list(outbox.filter(event=name).values_list("detail", flat=True))


def leave_records(_: str) -> None:
    """An act that waits in the outbox, and an access that waits for the sealer."""
    from audit.trail.recorder import record, record_access
    from audit.trail.vocabulary import Event

    def work() -> None:
        record(Event.STATEMENT_RECORD_SAVED)
        record_access(Event.READ_HOUSEHOLD_SHOWN)

    _inside(work)


ACTS = {
    "leave-records": leave_records,
    "write": write,
    "open": open_both,
    "keep-opening": keep_opening,
    "renew": renew,
    "compared": compared,
    "operators": operators,
    "events": console_events,
}

if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
