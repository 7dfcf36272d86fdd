"""記録の保全 and what leaves through it: heads, keys, the verifier, exports, the guardian's extract, requests, the receiver."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import include, path
from django.utils import timezone

from audit.review.keeping import giving, views
from audit.trail import audit_verify, connections, reader, relay
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.leaving import taken
from audit.trail.models import TrailReceiver, TrailRequest
from audit.trail.recorder import Subject, record_access
from audit.trail.sealing.export import export_lines
from audit.trail.sealing.sealer import PURPOSE, seal_scope
from audit.trail.vocabulary import Event
from tenants.core.context import console_context, scope
from tenants.core.keys import signing_key
from tests.audit.trail.sealing.certificates import authority
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import trail

urlpatterns = [path("", include("accounts.urls")), path("trail/", include("audit.review.urls_trail"))]


@pytest.fixture
def urls(settings: Any) -> Any:
    settings.ROOT_URLCONF = "tests.audit.review.test_keeping_pages"
    yield
    connections.close_all()


def person(role: str) -> Any:
    from accounts.roles import Role

    client = client_of("kou.localhost")
    sign_in(client, make_person(f"keeper-{uuid.uuid4().hex[:6]}", Role(role)))
    return client


@pytest.fixture
def manager(in_a: Any, urls: None) -> Any:
    return person("security_manager")


@pytest.fixture
def monitor(in_a: Any, urls: None) -> Any:
    return person("monitor")


@pytest.fixture
def child(in_a: Any, urls: None) -> Subject:
    """A pupil looked at twice by somebody whose name begins like a formula; sealed."""
    subject = Subject("pupil", uuid.uuid4().hex)
    with acting_as(Actor(ActorKind.PERSON, "u-1", "=SUM(A1)", "学校事務担当", terminal="t-1")):
        record_access(Event.READ_PUPIL_SHOWN, subjects=[subject], duty="就学奨励費", allowed_by="view_household")
        record_access(Event.PRINT_STATEMENT_MADE, subjects=[subject], detail=taken(1))
    seal_scope(in_a.schema_name, signing_key(PURPOSE))
    return subject


def today() -> dict[str, str]:
    return {"since": f"{timezone.localdate()}", "until": f"{timezone.localdate()}"}


def body(response: Any) -> str:
    assert response.status_code == 200, response
    return b"".join(response.streaming_content).decode()


def events(prefix: str, subject: Subject) -> list[reader.TrailEvent]:
    relay.relay_all()
    return reader.search(reader.Filters(prefix=prefix, subject=subject, limit=500))


def test_the_page_says_how_far_the_records_are_sealed(
    child: Subject, monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "NIGHTS_SHOWN", 0)
    text = monitor.get("/trail/keeping/").content.decode()
    assert "件まで封をしました" in text
    assert signing_key(PURPOSE).public_key().public_bytes_raw().hex() in text
    assert "記録を書き出す" not in text


def test_a_tenant_verifies_an_export_with_what_it_downloads(child: Subject, manager: Any, tmp_path: Path) -> None:
    seal_scope(scope(), signing_key(PURPOSE))
    from audit.trail.sealing.export import newest_head

    newest, began = newest_head(), timezone.now()
    assert newest is not None
    files = {
        "audit_verify.py": manager.get("/trail/keeping/verifier/").content,
        "key.txt": manager.get("/trail/keeping/key/").content,
        "head.json": manager.get(f"/trail/keeping/heads/{newest.number}/").content,
        "export.jsonl": body(manager.post("/trail/keeping/export/", today() | {"form": "sealed"})).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-I", "audit_verify.py", "export.jsonl", "--key", "key.txt", "--head", "head.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert child.id in files["export.jsonl"].decode()
    relay.relay_all()
    downloaded = [event.detail.get("file") for event in trail.since(began, prefix="export:file:downloaded")]
    assert {"head", "public_key", "audit_verify.py"} <= set(downloaded)
    (made,) = trail.since(began, prefix="export:trail:made")
    assert made.detail["形式"] == "sealed"


def test_the_file_with_a_handed_head_holds_the_platforms_too(child: Subject, manager: Any) -> None:
    from audit.trail.sealing.handing import hand_out
    from tenants.core.credentials import CONSOLE

    with console_context():
        record_access(Event.READ_LIST_SHOWN)
        seal_scope(CONSOLE, signing_key(PURPOSE))
    handed = hand_out()
    assert handed is not None
    kept = json.loads(manager.get(f"/trail/keeping/heads/{handed.number}/").content)
    assert (kept["head"], kept["platform"]) == (handed.head, json.loads(handed.platform_head))
    page = manager.get("/trail/keeping/").content.decode()
    assert f"<td>第{handed.platform_number}束</td>" in page


def test_the_export_for_other_products_speaks_ocsf(child: Subject, manager: Any) -> None:
    lines = [
        json.loads(line)
        for line in body(manager.post("/trail/keeping/export/", today() | {"form": "ocsf"})).splitlines()
    ]
    (read, printed) = [line for line in lines if {"type": "pupil", "uid": child.id} in line["resources"]]
    assert (read["class_uid"], read["activity_id"], read["type_uid"]) == (6005, 1, 600501)
    assert (read["metadata"]["event_code"], read["actor"]["user"]["uid"]) == ("read:pupil:shown", "u-1")
    assert printed["unmapped"]["allowed_by"] == ""
    assert {line["class_uid"] for line in lines} >= {6005}


@pytest.mark.parametrize("lines_of", [giving.csv_lines, giving.ocsf_lines])
def test_an_event_belongs_to_the_day_it_happened_though_it_was_sealed_on_the_next(
    child: Subject, lines_of: Any
) -> None:
    hour = timedelta(hours=1)
    made = str(record_access(Event.READ_PUPIL_SHOWN, subjects=[child]))
    midnight = timezone.now()
    seal_scope(scope(), signing_key(PURPOSE))
    assert made in "".join(lines_of(midnight - hour, midnight))
    assert made not in "".join(lines_of(midnight, midnight + hour))
    sealed = "".join(export_lines(midnight - hour, midnight))
    assert made in sealed


def test_each_role_is_a_group_of_its_own_for_other_products(in_a: Any, urls: None) -> None:
    from accounts.actors import person as actor_of
    from accounts.models import RoleAssignment
    from accounts.roles import Role
    from audit.trail.entries import Entry, compose
    from audit.trail.ocsf import as_ocsf

    user, absent = make_person("two-roles"), make_person("absent", name="ジョン・見本")
    roles = [
        RoleAssignment(user=user, role=Role.TENANT_ADMIN),
        RoleAssignment(user=user, role=Role.APPROVER, acting_for=absent),
        RoleAssignment(user=user, role=Role.MONITOR),
    ]
    with acting_as(actor_of(user, roles, terminal="t-1", session="s")):
        told = json.loads(compose(Entry(Event.READ_LIST_SHOWN)).content)
    event = told | {"recorded_at": told["occurred_at"], "prefecture_code": "290009"}
    assert as_ocsf(event)["actor"]["user"]["groups"] == [
        {"name": "テナント管理者（利用者管理）"},
        {"name": "承認者（ジョン・見本の代決・代理）"},
        {"name": "監視担当"},
    ]


def test_a_spreadsheet_takes_no_cell_for_a_formula(child: Subject, manager: Any) -> None:
    text = body(manager.post("/trail/keeping/export/", today() | {"form": "csv"}))
    usual = csv.field_size_limit(len(text))  # an event of today may name more people than the reader takes for one cell
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    finally:
        csv.field_size_limit(usual)
    (row, _) = [row for row in rows if child.id in row["対象"]]
    assert row["操作者名"] == "'=SUM(A1)"
    assert (row["出来事の名称"], row["許可の根拠"]) == ("児童生徒の閲覧", "view_household")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_nothing_leaves_without_its_event(child: Subject, manager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.trail.recorder import TrailUnavailable

    def away(*_: object, **__: object) -> None:
        raise TrailUnavailable

    monkeypatch.setattr("audit.review.keeping.views.record_access", away)
    for answer in (
        manager.post("/trail/keeping/export/", today() | {"form": "csv"}),
        manager.post("/trail/disclosure/", today() | {"kind": child.kind, "id": child.id}),
        manager.get("/trail/keeping/key/"),
    ):
        assert answer.status_code == 503


def test_an_export_needs_a_period_and_the_right(child: Subject, manager: Any, monitor: Any) -> None:
    assert manager.post("/trail/keeping/export/", {"form": "csv"}).status_code == 400
    assert (
        manager.post("/trail/keeping/export/", {"since": "R7.1.1", "until": "R8.12.31", "form": "csv"}).status_code
        == 400
    )
    for since, until, told in (
        ("R8.4.2", "R8.4.1", "「いつまで」に、令和8年4月2日か、それより後の日を入力してください。"),
        ("R7.1.1", "R8.12.31", "期間が730日あります。一度に出せるのは400日分までです。「いつまで」に、令和8年2月4日か"),
        ("", "R8.4.1", "「いつから」に、期間の始めの日を入力してください（例: R8.4.1）。"),
        ("R8.4.1", "4月", "いつまで: 日付として読めません"),
    ):
        sent = {"since": since, "until": until, "form": "csv"}
        assert told in manager.post("/trail/keeping/export/", sent).content.decode()
        sent = {"since": since, "until": until, "kind": child.kind, "id": child.id}
        assert told in manager.post("/trail/disclosure/", sent, follow=True).content.decode()
    assert monitor.post("/trail/keeping/export/", today() | {"form": "csv"}).status_code == 403
    assert monitor.get("/trail/requests/").status_code == 403


def test_the_proof_of_a_record_is_at_hand_where_it_is_read(child: Subject, manager: Any) -> None:
    (event, _) = events("", child)
    page = manager.get(f"/trail/?kind={child.kind}&id={child.id}").content.decode()
    assert f"/trail/proof/{event.id}/" in page
    proof = json.loads(manager.get(f"/trail/proof/{event.id}/").content)
    key = signing_key(PURPOSE).public_key().public_bytes_raw()
    assert not audit_verify.verify_proof(proof, [key]).findings
    assert manager.get(f"/trail/proof/{uuid.uuid4()}/").status_code == 404
    fresh = record_access(Event.READ_PUPIL_SHOWN, subjects=[child])
    answer = manager.get(f"/trail/proof/{fresh}/", follow=True)
    assert "まだ封をしていません" in answer.content.decode()


def test_a_guardian_gets_who_looked_without_names_of_staff(child: Subject, manager: Any) -> None:
    from audit.review.keeping import disclosure
    from audit.review.keeping.forms import DisclosureForm

    form = DisclosureForm(today() | {"kind": child.kind, "id": child.id})
    assert form.is_valid()
    found = disclosure.accesses(child, *form.period())
    assert [event.event for event in found] == ["read:pupil:shown", "print:statement:made"]
    line = disclosure._line(found[0])
    assert (line["what"], line["role"], line["duty"]) == ("児童生徒の閲覧", "学校事務担当", "就学奨励費")
    answer = manager.post("/trail/disclosure/", today() | {"kind": child.kind, "id": child.id})
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    (made, *_) = events("print:disclosure", child)
    assert made.detail == taken(2)


@pytest.mark.parametrize(
    ("role", "printed"),
    [
        ("承認者（サンプル 花子の代決・代理）", "承認者（代決・代理）"),
        ("学校事務担当・承認者（サンプル 花子の代決・代理）", "学校事務担当・承認者（代決・代理）"),
        ("テナント管理者（利用者管理）", "テナント管理者（利用者管理）"),
        ("テナント管理者（利用者管理）（サンプル 花子の代決・代理）", "テナント管理者（利用者管理）（代決・代理）"),
        ("承認者（サンプル）・花子）の代決・代理）", "承認者（代決・代理）"),
        ("サンプル 花子", "職員"),
        ("", "システム"),
    ],
)
def test_the_paper_names_neither_whom_a_deputy_stood_in_for_nor_what_was_typed_at_a_number(
    in_a: Any, urls: None, role: str, printed: str
) -> None:
    from audit.review.keeping import disclosure
    from audit.review.keeping.forms import DisclosureForm

    child = Subject("member", uuid.uuid4().hex)
    with acting_as(Actor(ActorKind.PERSON, "u-1", "サンプル 太郎", role)):
        record_access(Event.NUMBER_INDIVIDUAL_REVEALED, subjects=[child], duty="就学奨励費", case="母の転居先の確認")
    form = DisclosureForm(today() | {"kind": child.kind, "id": child.id})
    assert form.is_valid()
    (found,) = disclosure.accesses(child, *form.period())
    line = disclosure._line(found)
    assert (line["role"], line["duty"]) == (printed, "就学奨励費")
    assert "転居先" not in str(line)


def test_a_request_is_taken_answered_once_and_recorded(child: Subject, manager: Any) -> None:
    asked = {"kind": "disclosure", "received_on": f"{timezone.localdate()}", "text": "子の記録を見たい"}
    taken = manager.post("/trail/requests/new/", asked | {"subject_kind": child.kind, "subject_id": child.id})
    assert taken.status_code == 302
    row = TrailRequest.objects.get()
    assert "1件が回答を待っています" in manager.get("/trail/requests/").content.decode()
    for answer in ("全部を開示した", "やはり違う"):
        manager.post(f"/trail/requests/{row.pk}/", {"decision": "granted", "answer": answer})
    row.refresh_from_db()
    assert (row.decision, row.answer, row.answered_on) == ("granted", "全部を開示した", timezone.localdate())
    assert "全部を開示した" in manager.get(f"/trail/requests/{row.pk}/").content.decode()
    assert [entry.event for entry in _outbox()] == ["trail:request:received", "trail:request:answered"]


@pytest.mark.parametrize("text", ["", "番号は123456789018です"])
def test_a_request_without_words_or_with_a_number_is_refused(manager: Any, text: str) -> None:
    asked = {"kind": "enquiry", "received_on": f"{timezone.localdate()}", "text": text}
    answer = manager.post("/trail/requests/new/", asked)
    assert (answer.status_code, TrailRequest.objects.count()) == (400, 0)
    assert "123456789018" not in answer.content.decode()


def test_the_receiver_keeps_its_key_sealed_and_unseen(manager: Any) -> None:
    issued = authority("localhost")
    asked = {"host": "localhost", "port": "6514", "authority": issued.certificate, "certificate": issued.certificate}
    saved = manager.post("/trail/keeping/receiver/", asked | {"key": issued.key, "is_active": "on"})
    assert saved.status_code == 302, saved.content.decode()
    row = TrailReceiver.objects.get()
    assert row.sealed_key
    assert issued.key.encode() not in bytes(row.sealed_key)
    page = manager.get("/trail/keeping/receiver/").content.decode()
    assert "PRIVATE KEY" not in page
    assert [entry.event for entry in _outbox()] == ["trail:receiver:changed"]
    manager.post("/trail/keeping/receiver/", asked | {"host": "elsewhere.example"})
    assert TrailReceiver.objects.get().host == "localhost"


def _outbox() -> list[Any]:
    from tests.support.outbox import outbox

    return list(outbox.filter(event__startswith="trail:").order_by("id"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/trail/keeping/", "記録の保全"),
        ("/trail/requests/", "記録についての請求"),
        ("/trail/requests/{}/", "記録についての請求"),
        ("/review/overtime/", "時間外利用届"),
        ("/review/signals/", "見守りの規則"),
    ],
)
def test_who_looks_at_what_is_kept_about_people_is_recorded(
    settings: Any, in_a: Any, urls: None, address: str, shown: str
) -> None:
    settings.ROOT_URLCONF = "tests.audit.review.conftest"
    asked = {"kind": "disclosure", "received_on": timezone.localdate(), "text": "見本"}
    row = TrailRequest.objects.create(received_by="見本", subject_kind="pupil", subject_id="77", **asked)
    client, began = person("security_manager"), timezone.now()
    assert client.get(address.format(row.pk)).status_code == 200
    (told,) = trail.since(began, prefix="read:list:shown")
    assert told.detail["一覧"] == shown
    assert ("requests" in address) == (Subject("trail_request", str(row.pk)) in told.subjects)
