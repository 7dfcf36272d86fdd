"""Ten kinds of tampering, each done to a real export of three batches, each found; and the untouched export, found sound."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.trail import audit_verify
from audit.trail.audit_verify import leaf_hash, merkle_root
from audit.trail.sealing.export import export_lines, proof_of
from ops.bench.database.tampering import MUTATIONS, SOUND, Lines, handed, heads, missed, sign_again


@pytest.fixture
def export(chain: Any) -> Lines:
    """Three batches of four events; the newest head was handed out when it was made."""
    for _ in range(3):
        chain.add(4)
        chain.seal()
    lines: Lines = chain.export()
    return lines


def test_a_batch_the_header_leaves_out_is_missed_by_who_asks_for_its_days(
    chain: Any, export: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody signs what the header says of the period: a whole batch goes and the header with it."""
    del export[heads(export)[-1] + 1 :]
    export[-1]["leaves"], export[0]["batches"] = [], [1, 2]
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(map(json.dumps, export)), encoding="utf-8")

    def told(*more: str) -> tuple[int, str]:
        return audit_verify.main([str(file), "--key", chain.public.hex(), *more]), capsys.readouterr().out

    code, text = told()
    last = json.loads(export[heads(export)[1]]["head"])["sealed_at"]
    sealed = f"{datetime.fromisoformat(last).astimezone(audit_verify.JAPAN):%Y-%m-%d %H:%M:%S}"
    assert (code, f"から第2束（{sealed}）まで" in text) == (0, True), text
    day = sealed[:10]
    code, text = told("--since", day, "--until", day)
    assert (code, "異常 [delete] 第3束: 記録が4件ありません" in text) == (1, True), text
    assert told("--until", "2020-01-01")[0] == 0


def test_a_sound_export_has_no_finding(chain: Any, export: Lines) -> None:
    report = chain.check(export, handed(export))
    assert (report.findings, report.events, report.batches) == ([], 12, 3)


@pytest.mark.parametrize("name", list(MUTATIONS))
def test_each_kind_of_tampering_is_found(chain: Any, export: Lines, name: str) -> None:
    mutate, kind = MUTATIONS[name]
    kept = handed(export)
    mutate(chain.key, export)
    found = {finding.kind for finding in chain.check(export, kept).findings}
    assert kind in found, found


def test_the_measuring_tells_which_kinds_a_verifier_overlooks(
    chain: Any, export: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missed(export, chain.key, [chain.public]) == []
    assert SOUND in missed(export, chain.key, [bytes(32)])
    monkeypatch.setattr(audit_verify._Check, "_chain", lambda *_: None)
    assert missed(export, chain.key, [chain.public]) == ["枝分かれ"]


def test_a_rewrite_with_the_stolen_key_differs_from_the_head_that_was_handed_out(chain: Any, export: Lines) -> None:
    kept = handed(export)
    export[2]["event"]["actor_name"] = "別人"
    export[1]["leaves"][0] = leaf_hash(export[2]["event"]).hex()
    root = merkle_root([bytes.fromhex(leaf) for leaf in export[1]["leaves"]]).hex()
    sign_again(chain.key, export, 1, root=root)
    assert not chain.check(export).findings
    assert [finding.kind for finding in chain.check(export, kept).findings] == ["fork"]


def test_a_cut_with_an_older_checkpoint_differs_from_the_head_that_was_handed_out(chain: Any, export: Lines) -> None:
    kept = handed(export)
    last = heads(export)[-1]
    del export[last:]
    export[0]["checkpoint"] = {key: export[heads(export)[-1]][key] for key in ("head", "signature")}
    export[0]["batches"] = [1, 2]
    assert not chain.check(export).findings
    assert [finding.kind for finding in chain.check(export, kept).findings] == ["cut"]


def put_in_past_the_sealer(superuser: Any, scope: str) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "INSERT INTO trail.event SELECT gen_random_uuid(), occurred_at, recorded_at - interval '1 hour', scope,"
            " prefecture_code, event, actor_kind, actor_id, actor_name, actor_role, terminal, session, job_id, subjects,"
            " detail, allowed_by, duty, case_ref FROM trail.event WHERE scope = %s LIMIT 1",
            [scope],
        )


def test_an_event_put_into_the_database_past_the_sealer_is_exported_and_found(
    chain: Any, in_b: Any, audit_superuser: Any
) -> None:
    chain.add(3)
    chain.seal()
    put_in_past_the_sealer(audit_superuser, in_b.schema_name)
    assert [finding.kind for finding in chain.check(chain.export()).findings] == ["insert"]


def test_the_export_of_a_period_has_what_was_put_in_that_says_it_happened_then(
    chain: Any, in_b: Any, audit_superuser: Any
) -> None:
    hour, now = timedelta(hours=1), timezone.now()
    chain.add(3)
    chain.seal()
    put_in_past_the_sealer(audit_superuser, in_b.schema_name)
    with audit_superuser.transaction():  # the month comes out: what stands elsewhere in it is gone
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        sealed = "SELECT unnest(event_ids) FROM trail.batch_leaves WHERE scope = %(scope)s"
        one = f"SELECT id FROM trail.event WHERE scope = %(scope)s AND id IN ({sealed}) LIMIT 1"
        audit_superuser.execute(f"DELETE FROM trail.event WHERE id = ({one})", {"scope": in_b.schema_name})

    def kinds(since: datetime, until: datetime) -> list[str]:
        return [one.kind for one in chain.check([json.loads(line) for line in export_lines(since, until)]).findings]

    assert kinds(now - hour, now + hour) == ["insert", "delete"]
    assert kinds(now - 2 * hour, now - hour) == []


def test_what_was_sealed_long_after_its_month_is_not_put_in(chain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.add(3)
    chain.seal()
    monkeypatch.setattr("audit.trail.sealing.export.LATE", timedelta(days=-400))
    now = timezone.now()
    lines = [json.loads(line) for line in export_lines(now - timedelta(hours=1), now + timedelta(hours=1))]
    assert "unsealed" not in {line["type"] for line in lines}


def test_a_change_inside_the_database_is_found_in_the_next_export(chain: Any, in_b: Any, audit_superuser: Any) -> None:
    chain.add(3)
    chain.seal()
    with audit_superuser.transaction():
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        audit_superuser.execute("UPDATE trail.event SET actor_name = '別人' WHERE scope = %s", [in_b.schema_name])
    assert {finding.kind for finding in chain.check(chain.export()).findings} == {"edit"}


def test_the_proof_of_one_event_stands_and_falls_with_it(chain: Any, export: Lines) -> None:
    wanted = export[8]["event"]
    proof = proof_of(uuid.UUID(wanted["id"]))
    assert proof is not None
    assert proof["event"] == wanted
    assert not audit_verify.verify_proof(proof, [chain.public]).findings
    for forged in (proof | {"event": wanted | {"event": "x"}}, proof | {"seq": proof["seq"] + 1}):
        assert audit_verify.verify_proof(forged, [chain.public]).findings
    assert audit_verify.verify_proof(proof, [bytes(32)]).findings


def test_what_was_stored_while_the_sealer_took_it_has_its_proof(chain: Any, audit_superuser: Any) -> None:
    """The batch says when the sealer looked at its clock, which is a moment before it takes what is stored."""
    (made,) = chain.add(1)
    chain.seal()
    with audit_superuser.transaction():
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        for table in ("batch", "batch_leaves"):
            before = f"UPDATE trail.{table} SET sealed_at = sealed_at - interval '1 second' WHERE scope = %s"
            audit_superuser.execute(before, (chain.scope,))
    proof = proof_of(made)
    assert proof is not None
    assert not audit_verify.verify_proof(proof, [chain.public]).findings


def test_the_verifier_is_one_file_that_runs_without_us(chain: Any, export: Lines, tmp_path: Path) -> None:
    source = Path(audit_verify.__file__)
    script, file, head = (tmp_path / name for name in ("audit_verify.py", "export.jsonl", "head.json"))
    script.write_bytes(source.read_bytes())
    file.write_text("".join(export_lines()), encoding="utf-8")
    head.write_text(json.dumps(handed(export)[0]), encoding="utf-8")
    command = [sys.executable, "-I", str(script), str(file), "--key", chain.public.hex(), "--head", str(head)]
    sound = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (sound.returncode, "記録 12件、異常 0件" in sound.stdout) == (0, True), sound
    file.write_text(
        file.read_text(encoding="utf-8").replace("household:shown", "household:hidden", 1), encoding="utf-8"
    )
    forged = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (forged.returncode, "異常 [edit]" in forged.stdout) == (1, True), forged
    file.write_text("{}", encoding="utf-8")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 2


DEEP = 100_000
UNREADABLE: dict[str, Callable[[Lines], str]] = {
    "an event that is a list": lambda lines: json.dumps(lines[2] | {"event": []}),
    "a detail that is a list": lambda lines: json.dumps(
        lines[2] | {"event": lines[2]["event"] | {"event": audit_verify.DISPOSED, "detail": []}}
    ),
    "a line that is a list": lambda _: "[1]",
    "nested too deeply": lambda _: "[" * DEEP + "]" * DEEP,
    "a number without end": lambda lines: json.dumps(lines[2]).replace('"seq": 1', '"seq": 1e999'),
    "bytes that are no text": lambda lines: "\udcff",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_told_so_and_is_no_finding(
    chain: Any, export: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = tmp_path / "export.jsonl"
    lines = [*map(json.dumps, export[:2]), UNREADABLE[name](export), *map(json.dumps, export[3:])]
    file.write_bytes("\n".join(lines).encode(errors="surrogateescape"))
    assert audit_verify.main([str(file), "--key", chain.public.hex()]) == 2
    assert capsys.readouterr().err.startswith("読めません")


def test_a_finding_about_half_a_character_is_told(
    chain: Any, export: Lines, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "export.jsonl"
    moment = "2020-01-01T00:00:00+00:00"
    old = {"type": "unsealed", "event": {"id": "\ud800", "occurred_at": moment, "recorded_at": moment}}
    file.write_text("\n".join(map(json.dumps, [*export, old])), encoding="utf-8")
    assert audit_verify.main([str(file), "--key", chain.public.hex()]) == 1
    assert "\\ud800 は書出しの直前の、この団体の記録ではない" in capsysbinary.readouterr().out.decode()


def later(moment: str, by: timedelta) -> str:
    return (datetime.fromisoformat(moment) + by).isoformat()


HOUR = timedelta(hours=1)
UNSIGNED: dict[str, Callable[[Lines, dict[str, Any]], object]] = {
    "of another prefecture": lambda _, event: event.update(scope="p_other"),
    "of two years ago": lambda _, event: event.update(occurred_at=later(event["occurred_at"], -730 * 24 * HOUR)),
    "not there yet": lambda _, event: event.update(recorded_at=later(event["recorded_at"], HOUR)),
    "happened after it was recorded": lambda _, event: event.update(occurred_at=later(event["recorded_at"], HOUR)),
    "old, and the export set back to it": lambda lines, event: [
        one.update({name: later(one[name], -HOUR)})
        for one, name in ((lines[0], "exported_at"), (event, "occurred_at"), (event, "recorded_at"))
    ],
    "new, and the export set on to it": lambda lines, event: [
        one.update({name: later(one[name], HOUR)}) for one, name in ((lines[0], "exported_at"), (event, "recorded_at"))
    ],
}


@pytest.mark.parametrize("way", UNSIGNED)
def test_what_nobody_signed_is_counted_apart_and_found_where_it_cannot_be(
    chain: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    chain.add(2)
    chain.seal()
    chain.add(1)
    file = tmp_path / "export.jsonl"

    def told(lines: Lines) -> tuple[int, str]:
        file.write_text("\ufeff" + "\n".join(map(json.dumps, lines)), encoding="utf-8")
        return audit_verify.main([str(file), "--key", chain.public.hex()]), capsys.readouterr().out

    lines = chain.export()
    code, text = told(lines)
    assert (code, "記録 2件、異常 0件" in text, "封のない記録 1件（" in text) == (0, True, True), text
    UNSIGNED[way](lines, lines[-1]["event"])
    assert told(lines)[0] == 1


def test_what_two_programs_would_read_differently_is_not_read(chain: Any, export: Lines, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    text = "\n".join(map(json.dumps, export))
    proof = proof_of(uuid.UUID(export[8]["event"]["id"]))
    assert proof is not None
    assert audit_verify.verify_proof(proof | {"seq": proof["seq"] + 0.5}, [chain.public]).findings
    for place, forged in ('"event": {', '"event": {}, "event": {'), ('"seq": 1,', '"seq": 1.5,'):
        assert place in text
        file.write_text(text.replace(place, forged, 1), encoding="utf-8")
        assert audit_verify.main([str(file), "--key", chain.public.hex()]) == 2


def test_an_export_without_any_contents_is_no_sound_one(
    chain: Any, export: Lines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = [line | ({"leaves": []} if line["type"] == "head" else {}) for line in export if line["type"] != "event"]
    bare[0]["batches"] = [99, 100]
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(map(json.dumps, bare)), encoding="utf-8")
    assert audit_verify.main([str(file), "--key", chain.public.hex()]) == 2
    assert "何も確かめていません" in capsys.readouterr().out


def test_a_console_without_a_sign_for_a_letter_is_told_its_number(chain: Any, export: Lines, tmp_path: Path) -> None:
    moment = "2020-01-01T00:00:00+00:00"
    old = {"type": "unsealed", "event": {"id": "\U00020bb7", "occurred_at": moment, "recorded_at": moment}}
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(map(json.dumps, [*export, old])), encoding="utf-8")
    command = [sys.executable, audit_verify.__file__, str(file), "--key", chain.public.hex()]
    done = subprocess.run(command, capture_output=True, check=False, env={"PYTHONIOENCODING": "cp932"})
    assert (done.returncode, "\\U00020bb7" in done.stdout.decode("cp932"), done.stderr) == (1, True, b"")
