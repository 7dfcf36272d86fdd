"""Master key, scope keys and the end of a prefecture, with real logins on a cluster of their own: passwords change for real."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from ops.embedded.ports import free_port
from ops.embedded.postgres import SUPERUSER, PostgresServer
from tests.platform.accounts.sign_in import code_of, make_person
from tests.support import cluster
from tests.tenants.key_run import SECRET

ROOT = Path(__file__).parents[2]
OLD, NEW = "development-only:" + "5a" * 32, "development-only:" + "6b" * 32


@dataclass
class Place:
    server: PostgresServer
    port: int
    files: Path

    def environment(self, master: str, also: str = "", login: str = "gateway") -> dict[str, str]:
        given = {
            "DJANGO_SETTINGS_MODULE": "config.settings.testing",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "TESTS_POSTGRES_PORT": str(self.port),
            "TESTS_DATABASE": cluster.TEMPLATE,
            "TESTS_MASTER_KEY": master,
            "TESTS_FILES_ROOT": str(self.files),
            "SHOREI_DATABASE_LOGIN": login,
        }
        return {**os.environ, **given} | ({"TESTS_MASTER_KEY_ALSO": also} if also else {})

    def command(self, *acts: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", "tests.tenants.key_run", *acts]

    def run(self, master: str, act: str, argument: str = "") -> Any:
        """What one act in a process of its own gives, or its complaint."""
        return self.run_all(master, act, argument)[0]

    def run_all(self, master: str, *acts: str) -> list[Any]:
        """The same for acts that follow each other, each with its argument, in one process: starting it takes the most time."""
        done = subprocess.run(
            self.command(*acts), env=self.environment(master), capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            return [done.stderr] * (len(acts) // 2)
        return [json.loads(line) for line in done.stdout.strip().splitlines()]

    def manage(self, *arguments: str, master: str, also: str = "", given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=ROOT, env=self.environment(master, also, "owner"), input=given, capture_output=True, text=True, timeout=180,
        )  # fmt: skip


@pytest.fixture
def place(postgres: PostgresServer, tmp_path: Path) -> Iterator[Place]:
    """A copy of the base cluster that nobody else uses."""
    run = cluster.FOLDER / f"keys-{os.getpid()}"
    port = free_port(Path("/nonexistent"))
    server = cluster.start_copy(run, port)
    try:
        yield Place(server, port, tmp_path / "kept")
    finally:
        cluster.remove(run)


def test_the_master_key_changes_while_a_process_goes_on_and_a_backup_without_it_is_useless(
    place: Place, tmp_path: Path
) -> None:
    sealed, opened = place.run_all(OLD, "write", "", "open", "-")
    assert opened == SECRET
    running = subprocess.Popen(
        place.command("keep-opening", sealed), env=place.environment(OLD, NEW),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"

    done = place.manage("rotate_keys", "master", master=NEW, also=OLD)
    assert done.returncode == 0, done.stderr
    assert "包み直した団体の鍵: 3" in done.stdout
    again = place.manage("rotate_keys", "master", master=NEW, also=OLD)
    assert "包み直した団体の鍵: 0" in again.stdout

    told, _ = running.communicate("stop\n", timeout=60)
    counts = json.loads(told.strip().splitlines()[-1])
    assert counts["failed"] == 0
    assert counts["opened"] > 5
    assert place.run(NEW, "open", sealed) == SECRET
    assert place.run(OLD, "open", sealed) == "OperationalError", "the old key opens no connection any more"

    _a_dump_shows_nothing(place, tmp_path)


def _a_dump_shows_nothing(place: Place, tmp_path: Path) -> None:
    """Dump and files as a thief has them: no secret in clear, and a restored copy opens for nobody without the master key."""
    dump = tmp_path / "stolen.sql"
    environment = {**os.environ, "PGPASSWORD": place.server.password}
    program = _program("pg_dump", place)
    with dump.open("wb") as out:
        command = [program, "-h", "127.0.0.1", "-p", str(place.port), "-U", SUPERUSER, cluster.TEMPLATE]
        subprocess.run(command, env=environment, stdout=out, check=True)
    stolen = dump.read_bytes() + b"".join(path.read_bytes() for path in place.files.rglob("*") if path.is_file())
    assert b"keyring_wrappedkey" in stolen
    for clear in (SECRET.encode(), SECRET.encode().hex().encode(), OLD.encode(), NEW.encode()):
        assert clear not in stolen
    with place.server.connect("postgres") as superuser:
        superuser.execute("CREATE DATABASE restored")
    command = [
        _program("psql", place),
        "-q",
        "-h",
        "127.0.0.1",
        "-p",
        str(place.port),
        "-U",
        SUPERUSER,
        "-d",
        "restored",
    ]
    with dump.open("rb") as source:
        subprocess.run(command, env=environment, stdin=source, stdout=subprocess.DEVNULL, check=True)
    with place.server.connect("restored") as thief:
        row = thief.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'p\\_%' ORDER BY 1").fetchone()
        assert row is not None
        kept = thief.execute(f'SELECT wrapped FROM "{row[0]}".keyring_wrappedkey').fetchall()
    assert kept
    _no_guess_opens([cast(bytes, wrapped) for (wrapped,) in kept], str(row[0]))


def _no_guess_opens(wrapped: list[bytes], schema: str) -> None:
    from django.test import override_settings

    from tenants.core.providers import SealBroken, SettingsProvider

    with override_settings(MASTER_KEY="development-only:" + "00" * 32, MASTER_KEYS_ALSO=[OLD]):
        for key in wrapped:
            with pytest.raises(SealBroken):
                SettingsProvider().unwrap(schema, key)


def _program(name: str, place: Place) -> str:
    return str(place.server.place.postgres_bin / name)


def test_a_years_keys_change_and_the_old_ones_go_when_nobody_holds_them(place: Place) -> None:
    """The key of the numbers, by its job; then the scope's, under which the key of the trail's signatures lies too. The night's
    comparison finds nothing in all of it."""
    sealed, renewed = place.run_all(OLD, "write", "", "renew", "")
    assert renewed["state"] == "done", renewed
    assert renewed["writes"] >= 4
    assert renewed["differences"] == [[], [], [], []]
    done = place.manage("rotate_keys", "scope", master=OLD)
    assert done.returncode == 0, done.stderr
    assert "新しくした団体の鍵: 3" in done.stdout
    assert place.run(OLD, "open", sealed) == SECRET
    early = place.manage("rotate_keys", "scope-end", master=OLD)
    assert early.returncode != 0
    assert "65秒以上あと" in early.stderr
    _age_keys(place)
    codes = place.run(OLD, "operators", "not suspended")
    for people in ((), ("one", "one"), ("one", "nobody")):
        alone = place.manage("rotate_keys", "scope-end", *people, master=OLD, given=f"{codes[0]}\n{codes[0]}\n")
        assert alone.returncode != 0, people
        assert "破棄した" not in alone.stdout
    codes = place.run(OLD, "operators", "not suspended")
    both = "\n".join(codes) + "\n"
    late = place.manage("rotate_keys", "scope-end", "one", "two", master=OLD, given=both)
    assert "破棄した古い団体の鍵: 3" in late.stdout, late.stderr
    opened, rotations, compared = place.run_all(OLD, "open", sealed, "events", "console:key:rotated", "compared", "")
    assert opened == SECRET
    assert [(told["what"], told.get("people")) for told in rotations] == [
        ("scope", None),
        ("scope-ended", ["one（one）", "two（two）"]),
    ]
    assert compared == [[], [], [], []]


def _age_keys(place: Place) -> None:
    with place.server.connect(cluster.TEMPLATE) as superuser:
        rows = superuser.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 'keyring_wrappedkey'"
        ).fetchall()
        for (schema,) in rows:
            superuser.execute(
                f"UPDATE \"{schema}\".keyring_wrappedkey SET created_at = created_at - interval '2 minutes'"
            )


def test_the_end_of_a_prefecture_leaves_a_certificate_and_nothing_to_open(place: Place, tmp_path: Path) -> None:
    sealed, code = place.run_all(OLD, "write", "", "operators", "")
    kept_elsewhere = tmp_path / "backup"
    shutil.copytree(place.files, kept_elsewhere)
    paper = tmp_path / "certificate.pdf"
    arguments = ("shred_prefecture", "290009", "one", "two", str(paper))
    wrong = place.manage(*arguments, master=OLD, given="290009\n000000\n000000\n")
    assert wrong.returncode != 0
    assert "何も破棄していません" in wrong.stderr
    alone = place.manage(
        "shred_prefecture", "290009", "one", "one", str(paper), master=OLD, given=f"290009\n{code[0]}\n"
    )
    assert alone.returncode != 0
    assert not paper.exists()

    nowhere = (*arguments[:-1], str(tmp_path / "missing" / "certificate.pdf"))
    code = place.run(OLD, "operators")
    refused = place.manage(*nowhere, master=OLD, given=f"290009\n{code[0]}\n{code[1]}\n")
    assert "証明書のファイルを作れません" in refused.stderr
    assert "何も破棄していません" in refused.stderr
    assert place.run_all(OLD, "events", "console:prefecture:shredded", "open", sealed) == [[], SECRET]

    _, code = place.run_all(OLD, "leave-records", "", "operators", "")
    assert all(_left_of_the_trail(place)[:2]), "something waits in the outbox, and something for the sealer"
    _while_the_trail_is_away(place, arguments, code)
    assert place.run_all(OLD, "events", "console:prefecture:shredded", "open", sealed) == [[], SECRET]

    code = place.run(OLD, "operators")
    done = place.manage(*arguments, master=OLD, given=f"290009\n{code[0]}\n{code[1]}\n")
    assert done.returncode == 0, done.stderr
    assert paper.read_bytes().startswith(b"%PDF")
    waiting, unsealed, head = _left_of_the_trail(place)
    assert (waiting, unsealed) == (0, 0), "its last records are sealed before the key goes"
    (told,), opened = place.run_all(OLD, "events", "console:prefecture:shredded", "open", sealed)
    assert told["count"] > 2
    assert told["people"] == ["one（one）", "two（two）"]
    assert head is not None
    assert told["trail_end"] == f"第1束 SHA-256 {hashlib.sha256(head.encode()).hexdigest()}"
    assert not any(path.is_file() for path in place.files.rglob("*"))
    assert opened != SECRET

    code = place.run(OLD, "operators")
    again = (*arguments[:-1], str(tmp_path / "again.pdf"))
    done = place.manage(*again, master=OLD, given=f"290009\n{code[0]}\n{code[1]}\n")
    assert done.returncode == 0, done.stderr
    (_, second) = place.run(OLD, "events", "console:prefecture:shredded")
    assert {**second, "files": 1} == {**told, "files": 1}
    _nothing_is_left_of_the_keys(place)


def _while_the_trail_is_away(place: Place, arguments: tuple[str, ...], code: list[str]) -> None:
    """The shredding says so, and destroys nothing."""
    with place.server.connect("postgres") as superuser:
        superuser.execute(f"ALTER DATABASE {cluster.TEMPLATE}_audit ALLOW_CONNECTIONS false")
        refused = place.manage(*arguments, master=OLD, given=f"290009\n{code[0]}\n{code[1]}\n")
        superuser.execute(f"ALTER DATABASE {cluster.TEMPLATE}_audit ALLOW_CONNECTIONS true")
    assert refused.returncode != 0
    assert "封をできないため、鍵の破棄を待ちます。何も破棄していません" in refused.stderr
    assert not Path(arguments[-1]).exists()


def _left_of_the_trail(place: Place) -> tuple[int, int, str | None]:
    """What waits in the prefecture's outbox, what is not sealed, and its newest head."""
    with place.server.connect(cluster.TEMPLATE) as superuser:
        row = superuser.execute("SELECT schema_name FROM core_prefecture WHERE slug = 'kou'").fetchone()
        assert row is not None
        (waiting,) = superuser.execute(f'SELECT count(*) FROM "{row[0]}".trail_outboxevent').fetchone() or (0,)
    with place.server.connect(f"{cluster.TEMPLATE}_audit") as superuser:
        found = superuser.execute(
            "SELECT count(*), (SELECT head FROM trail.batch b WHERE b.scope = %(scope)s ORDER BY number DESC LIMIT 1)"
            " FROM trail.unsealed u WHERE u.scope = %(scope)s",
            {"scope": row[0]},
        ).fetchone()
    assert found is not None
    return int(cast(int, waiting)), int(cast(int, found[0])), cast(str | None, found[1])


def _nothing_is_left_of_the_keys(place: Place) -> None:
    with place.server.connect(cluster.TEMPLATE) as superuser:
        row = superuser.execute("SELECT schema_name FROM core_prefecture WHERE slug = 'kou'").fetchone()
        assert row is not None
        left = superuser.execute(
            f"SELECT count(*) FROM \"{row[0]}\".keyring_wrappedkey WHERE wrapped <> '' OR destroyed_at IS NULL"
        ).fetchone()
    assert left == (0,)


@pytest.mark.parametrize("change", [{"is_active": False}, {"ends_on": date(2020, 3, 31)}], ids=["stopped", "left"])
def test_an_operator_who_has_left_is_none_of_the_two(in_console: Any, change: dict[str, Any]) -> None:
    """The telephone with the one-time password stays with whoever leaves."""
    from django.core.management.base import CommandError

    from accounts.models import User
    from accounts.roles import Role
    from tenants.console.management.two_people import TwoPeopleCommand as Command

    person = make_person("gone", Role.OPERATOR)
    command = Command()
    command._asked = lambda question, *, secret=False: code_of(person)  # type: ignore[method-assign]
    assert command._confirmed("gone").endswith("（gone）")
    User.objects.filter(pk=person.pk).update(**change)
    with pytest.raises(CommandError, match="利用を終えた人"):
        command._confirmed("gone")
