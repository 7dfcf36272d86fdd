"""The pages of 帳票: who sees what, the bytes and their name, the trail before them, and a constant number of queries."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.reports import services
from domain.reports.models import MissingGlyph, OutputFile
from jobs.models import Job
from tenants.core import files
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import records
from tests.support.records import YEAR

PDF = b"%PDF-1.7 sample"


def browser(role: Role, school_code: str = "") -> Any:
    client = client_of("kou.localhost")
    sign_in(client, make_person(f"{role.value}-{school_code or 'all'}", (role, school_code)))
    return client


def stored(school: str = "S01", kind: str = "slip", number: int = 1, **values: Any) -> OutputFile:
    """A file as a job leaves it."""
    path = f"reports/{YEAR}/{kind}/{school}{number}.pdf"
    files.write_atomically(path, PDF)
    defaults: dict[str, Any] = {
        "kind": kind,
        "key": f"{kind}:{school}:{number}:1",
        "run": f"{kind}:{school}:{number}",
        "subject": f"{kind}:{school}",
        "fingerprint": "f",
        "title": f"支給明細書 令和7年度第1期 学校{school} {number}",
        "school_code": school,
        "fiscal_year": YEAR,
        "path": path,
        "media_type": "application/pdf",
        "digest": hashlib.sha256(PDF).hexdigest(),
        "size": len(PDF),
        "pages": 3,
        "documents": 3,
        "created_by": "見本",
    }
    return OutputFile.objects.create(**(defaults | values))


def bank() -> OutputFile:
    return stored("", "bank", title="総合振込データ 令和7年度第1期", pages=0, total=123_456, documents=77)


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def schools(prefecture_b: Any, in_a: Any) -> None:
    """Inside サンプル甲県; the other prefecture is looked up before."""
    records.school("S01")
    records.school("S02")


def test_the_list_shows_what_the_persons_schools_have(heard: list[Any]) -> None:
    mine, other = stored("S01"), stored("S02")
    bank()
    shown = body(browser(Role.SCHOOL_CLERK, "S01").get("/reports/"))
    assert mine.title in shown
    assert other.title not in shown
    assert "総合振込データ 令和7年度" not in shown
    (event,) = [row for row in heard if row["event"] == "read:list:shown"]
    assert event["subjects"] == [{"kind": "file", "id": str(mine.pk)}]


def test_the_board_sees_all_and_narrows_by_kind_school_and_year() -> None:
    one, two, three = stored("S01"), stored("S02", "ledger", title="台帳の二"), stored("S02", "slip", fiscal_year=2024)
    client = browser(Role.BOARD_OFFICER)
    for query, expected in (
        ({}, {one, two, three}),
        ({"kind": "ledger"}, {two}),
        ({"school": "S02"}, {two, three}),
        ({"year": "2024"}, {three}),
        ({"year": "二〇二四", "kind": "nonsense"}, {one, two, three}),
    ):
        response = client.get("/reports/", query)
        assert set(response.context["rows"]) == expected, query


def test_long_lists_have_pages_and_always_the_same_queries() -> None:
    for number in range(2):
        stored(number=number)
    client = browser(Role.BOARD_OFFICER)
    client.get("/reports/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/reports/")
    for number in range(2, 70):
        output = stored(number=number)
        MissingGlyph.objects.create(output=output, code_points="U+20BB7", where="1通目 氏名")
    with CaptureQueriesContext(connection) as many:
        response = client.get("/reports/")
    assert len(response.context["rows"]) == 50
    assert len(many) == len(few)
    assert len(client.get("/reports/", {"page": "2"}).context["rows"]) == 20


def test_an_older_version_is_marked(heard: list[Any]) -> None:
    old, new = stored(number=1), stored(number=2)
    response = browser(Role.BOARD_OFFICER).get("/reports/")
    assert {row.pk: row.replaced for row in response.context["rows"]} == {old.pk: True, new.pk: False}
    assert body(response).count("前の版") == 1


def test_a_file_is_given_with_its_name_and_noted_first(heard: list[Any]) -> None:
    output = stored()
    response = browser(Role.SCHOOL_CLERK, "S01").get(f"/reports/{output.pk}/download/")
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    named = response["Content-Disposition"]
    assert named.startswith("attachment; filename*=utf-8''")
    assert unquote(named.partition("''")[2]) == "支給明細書_令和7年度第1期_学校S01_1.pdf"
    (event,) = [row for row in heard if row["event"] == "export:file:downloaded"]
    assert {"kind": "file", "id": str(output.pk)} in event["subjects"]
    assert event["allowed_by"] == "download_file"


def test_without_the_trail_no_byte_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.trail.recorder import TrailUnavailable

    output = stored()
    client = browser(Role.SCHOOL_CLERK, "S01")

    def away(*_: Any, **__: Any) -> None:
        raise TrailUnavailable

    monkeypatch.setattr("domain.reports.delivery.record_access_parts", away)
    response = client.get(f"/reports/{output.pk}/download/")
    assert response.status_code == 503
    assert PDF not in response.content


@pytest.mark.parametrize("page", ["", "download/"])
def test_another_schools_file_is_not_there(page: str, heard: list[Any]) -> None:
    output = stored("S02")
    assert browser(Role.SCHOOL_CLERK, "S01").get(f"/reports/{output.pk}/{page}").status_code == 404
    assert not [row for row in heard if row["event"] == "export:file:downloaded"]


@pytest.mark.parametrize("page", ["", "download/"])
def test_another_prefectures_file_is_not_there(page: str, prefecture_b: Any) -> None:
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture_b):
        records.school("S01")
        output = stored("S01")
    assert not OutputFile.objects.filter(pk=output.pk).exists()
    assert browser(Role.BOARD_OFFICER).get(f"/reports/{output.pk}/{page}").status_code == 404


@pytest.mark.parametrize("role", [Role.NUMBER_HANDLER, Role.MONITOR, Role.TENANT_ADMIN])
def test_who_may_not_take_files_is_refused(role: Role) -> None:
    output = stored()
    client = browser(role)
    assert client.get("/reports/").status_code == 403
    assert client.get(f"/reports/{output.pk}/download/").status_code == 403


def test_the_transfer_file_is_for_the_board_after_a_new_one_time_password(clock_forward: Any) -> None:
    output = bank()
    assert browser(Role.SCHOOL_CLERK).get(f"/reports/{output.pk}/").status_code == 404
    client = browser(Role.APPROVER)
    shown = body(client.get(f"/reports/{output.pk}/"))
    for text in ("77件", "123,456円", output.digest, "総合振込データ"):
        assert text in shown
    assert client.get(f"/reports/{output.pk}/download/").content == PDF
    clock_forward(minutes=11)
    response = client.get(f"/reports/{output.pk}/download/")
    assert response.status_code == 302
    assert response["Location"].startswith("/step-up/")


def test_a_file_that_was_changed_on_disk_is_not_given(heard: list[Any]) -> None:
    output, gone = stored(number=1), stored(number=2)
    files.write_atomically(output.path, b"other")
    files.resolve(gone.path).unlink()
    client = browser(Role.BOARD_OFFICER)
    for each in (output, gone):
        response = client.get(f"/reports/{each.pk}/download/", follow=True)
        assert "内容が違うため、渡せません" in body(response)
    assert not [row for row in heard if row["event"] == "export:file:downloaded"]


def test_a_path_that_leads_elsewhere_is_refused() -> None:
    from tenants.core.files import OutsideStorage

    output = stored(path="../../../etc/passwd")
    with pytest.raises(OutsideStorage):
        browser(Role.BOARD_OFFICER).get(f"/reports/{output.pk}/download/")


def test_the_page_of_a_file_lists_every_character_that_was_not_printed() -> None:
    output = stored()
    MissingGlyph.objects.create(output=output, code_points="U+8FBB U+E0100", where="2通目 保護者氏名")
    shown = body(browser(Role.BOARD_OFFICER).get(f"/reports/{output.pk}/"))
    for text in ("〓で印刷した文字（1か所）", "\u8fbb\U000e0100", "U+8FBB U+E0100", "2通目 保護者氏名"):
        assert text in shown


def ask(client: Any, **values: str) -> Any:
    return client.post("/reports/", values, follow=True)


def test_a_clerk_asks_for_files_of_the_own_school_alone() -> None:
    client = browser(Role.SCHOOL_CLERK, "S01")
    assert "支弁区分決定通知書の作成" in body(ask(client, kind="notice", school="S01", whole="whole"))
    assert Job.objects.filter(kind="reports.notices").count() == 1
    response = ask(client, kind="notice", school="S02")
    assert response.status_code == 422
    assert "一覧から選んでください" in body(response)
    assert ask(client, kind="bank").status_code == 422
    assert Job.objects.filter(kind__startswith="reports.").count() == 1


def test_asking_again_says_that_nothing_changed() -> None:
    support.done(services.start_ledgers(YEAR, "S01"))
    assert "前に作成してから変わっていません" in body(ask(browser(Role.BOARD_OFFICER), kind="ledger", school="S01"))


def test_slips_and_the_transfer_file_need_a_round() -> None:
    client = browser(Role.BOARD_OFFICER)
    assert "支給回を選んでください" in body(ask(client, kind="slip", school="S01"))
    support.paid_pupil(records.school("S01"))
    payments.opened(2, payments.SECOND)
    round_ = support.released_round()
    offered = client.get("/reports/").context["form"].fields["round"].choices
    assert [value for value, _ in offered] == ["", str(round_.pk)]
    for kind in ("slip", "bank"):
        ask(client, kind=kind, school="S01", round=str(round_.pk))
    kinds = set(Job.objects.filter(kind__startswith="reports.").values_list("kind", flat=True))
    assert kinds == {"reports.slips", "reports.bank_file"}


def test_what_is_being_made_or_failed_is_on_the_page() -> None:
    services.start_notices(YEAR, "S01")
    assert "支弁区分決定通知書の作成（サンプル支援学校S01）" in body(browser(Role.SCHOOL_CLERK, "S01").get("/reports/"))
    assert "支弁区分決定通知書の作成（" not in body(browser(Role.SCHOOL_CLERK, "S02").get("/reports/"))
    Job.objects.update(state="failed", error="保存先の空き容量がありません。", finished_at="2026-01-01T00:00Z")
    assert "空き容量がありません" in body(browser(Role.BOARD_OFFICER).get("/reports/"))


@pytest.fixture
def clock_forward(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of the whole test forward."""
    from datetime import timedelta

    from django.utils import timezone

    real = timezone.now

    def forward(**by: int) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: real() + timedelta(**by))

    return forward


def test_the_page_of_a_file_is_written_before_it_is_shown(heard: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    file = stored()
    clerk = browser(Role.SCHOOL_CLERK, "S01")
    heard.clear()
    assert clerk.get(f"/reports/{file.pk}/").status_code == 200
    (event,) = [row for row in heard if row["event"] == "read:list:shown"]
    assert event["subjects"] == [{"kind": "file", "id": str(file.pk)}]


def test_nothing_is_chosen_beforehand_and_what_is_needed_is_said() -> None:
    client = browser(Role.BOARD_OFFICER)
    form = client.get("/reports/").context["form"]
    for name in ("kind", "school", "round"):
        assert form.fields[name].choices[0] == ("", "選んでください"), name
    assert "学校を選んでください" in body(client.post("/reports/", {"kind": "notice"}))
    assert "支給回を選んでください" in body(client.post("/reports/", {"kind": "slip", "school": "S01"}))


def test_all_schools_are_asked_for_at_once_and_only_ones_own() -> None:
    browser(Role.BOARD_OFFICER).post("/reports/", {"kind": "notice", "school": "*", "whole": "whole"})
    assert sorted(job.args["school"] for job in Job.objects.filter(kind="reports.notices")) == ["S01", "S02"]
    browser(Role.SCHOOL_CLERK, "S01").post("/reports/", {"kind": "ledger", "school": "*"})
    assert [job.args["school"] for job in Job.objects.filter(kind="reports.ledgers")] == ["S01"]


def test_notices_are_of_the_newly_decided_unless_all_are_asked_for() -> None:
    client = browser(Role.BOARD_OFFICER)
    shown = body(client.get("/reports/"))
    assert shown.index("新しく決定した分だけ") < shown.index("全員分を作り直す")
    assert "サンプル支援学校S01には、決定通知書をまだ作っていない決定はありません" in body(
        ask(client, kind="notice", school="S01")
    )
    assert "どの学校にも、決定通知書をまだ作っていない決定はありません" in body(ask(client, kind="notice", school="*"))
    assert not Job.objects.filter(kind="reports.notices").exists()
    support.decided_homes(records.school("S01"), 1)
    assert "始めました" in body(ask(client, kind="notice", school="*"))
    assert Job.objects.get(kind="reports.notices").args["school"] == "S01"


def test_the_bar_leads_back_to_the_list_and_the_mark_is_explained() -> None:
    stored()
    client = browser(Role.BOARD_OFFICER)
    client.post("/reports/", {"kind": "notice", "school": "S01", "whole": "whole"})
    shown = body(client.get("/reports/"))
    assert "?after=/reports/" in shown
    assert "書体にない文字" in shown
    assert "table-frame-whole" in shown


def test_a_missing_instruction_is_said_before_notices_are_made() -> None:
    assert "教示文が登録されていません" in body(browser(Role.BOARD_OFFICER).get("/reports/"))


def test_whoever_takes_a_file_took_everybody_on_it() -> None:
    """So that the list of who saw a child, and the guardian's paper, hold the taking, of print and of transfer data."""
    from audit.review.families import of_family
    from audit.trail.reader import Filters, search
    from audit.trail.recorder import Subject
    from audit.trail.vocabulary import Event

    school = records.school()
    on_it, not_on_it = support.paid_pupil(school), records.family(school)
    round_ = support.released_round()
    support.done(services.start_slips(round_.pk, "S01"))
    support.done(services.start_bank_file(round_.pk))
    slip, transfers = support.outputs("slip")[0], support.outputs("bank")[0]
    client = browser(Role.APPROVER)
    for file in (slip, transfers):
        assert client.get(f"/reports/{file.pk}/download/").status_code == 200

    def taken(household: int) -> set[str]:
        asked = Filters(prefix=Event.EXPORT_FILE_DOWNLOADED.value, subject=Subject("household", str(household)))
        return {str(event.detail["kind"]) for event in search(of_family(asked))}

    assert taken(on_it.member.household_id) == {"slip", "bank"}
    assert taken(not_on_it.pk) == set()
