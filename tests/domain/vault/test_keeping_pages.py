"""Pages of the number desk, the duplicates, 番号の管理 and 番号の承認: who may, what they say, and that no number is in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from domain.households.models import Member, Pupil, School
from domain.vault import disposal, modes, rotation, services
from domain.vault.desk.conflicts import Kind, note
from domain.vault.models import KeyRotation, NumberConflict, PersonNumber, PurgeRun, RevealList, SettingsChange
from domain.vault.sealing import opened
from jobs.models import Job
from tests.domain.households.people import browser_of
from tests.domain.vault.conftest import make_household, number
from tests.domain.vault.killing import worked_off
from tests.support.outbox import outbox

TODAY = "令和7年6月1日"
MODE = "/numbers/keeping/mode/"


@pytest.fixture
def handler(school: School) -> Any:
    return browser_of(Role.NUMBER_HANDLER)


@pytest.fixture
def security(school: School) -> Any:
    return browser_of(Role.SECURITY_MANAGER)


def desk_of(members: dict[str, Member]) -> str:
    return f"/numbers/desk/{members['1'].household_id}/"


def typed(members: dict[str, Member], **numbers: Any) -> dict[str, str]:
    values = {"identity": "card"}
    for key, text in numbers.items():
        first, second = (text, text) if isinstance(text, str) else text
        pk = members[key[1:]].pk
        values |= {f"first_{pk}": first, f"second_{pk}": second}
    return values


def test_numbers_typed_at_the_desk(handler: Any, members: dict[str, Member], heard: list[Any]) -> None:
    page = handler.get(desk_of(members))
    text = page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert text.count('inputmode="numeric"') == 6
    assert "onpaste" not in text
    assert heard[-1]["event"] == "read:household:shown"
    answer = handler.post(desk_of(members), typed(members, _1=number(1), _2=number(2)))
    assert answer.url == f"/households/{members['1'].household_id}/"
    assert PersonNumber.objects.count() == 2
    text = handler.get(desk_of(members)).content.decode()
    assert "番号のない人が1人" in text
    assert f"/numbers/members/{members['1'].pk}/change/" in text
    assert number(1) not in text


def test_a_mistake_is_said_and_nothing_is_put_back_into_the_page(handler: Any, members: dict[str, Member]) -> None:
    other = number(3)
    page = handler.post(desk_of(members), typed(members, _1=number(1), _2=(number(2), other))).content.decode()
    assert "1回目と2回目の入力が違います" in page
    assert "どの番号も登録していません" in page
    assert not any(text in page for text in (number(1), number(2), other))
    assert not PersonNumber.objects.exists()
    assert "直すところが1件あります" in page
    assert f"構成員 2 {members['2'].name}の個人番号: 1回目と2回目の入力が違います" in page
    assert "「個人番号」はもう一度入れてください。ほかの入力はこの画面に残っています。" in page
    assert "番号が入力されていません" in handler.post(desk_of(members), {"identity": "card"}).content.decode()
    same = handler.post(desk_of(members), typed(members, _1=number(1), _2=number(1))).content.decode()
    assert "構成員 2 と同じ番号" in same
    assert "直すところが2件あります" in same


def test_a_doubt_that_is_left_after_storing_is_told_where_it_is_settled(
    handler: Any, members: dict[str, Member]
) -> None:
    handler.post(desk_of(members), typed(members, _1=number(1), _2=number(1)))
    answer = handler.post(desk_of(members), typed(members, _1=number(1)), follow=True)
    assert answer.request["PATH_INFO"] == "/numbers/duplicates/"
    assert "番号の重複が1件残っています" in answer.content.decode()
    answer = handler.post(desk_of(members), typed(members, _2=number(2)))
    assert answer.url == f"/households/{members['1'].household_id}/"


def test_the_desk_is_closed_where_no_numbers_are_held(handler: Any, members: dict[str, Member]) -> None:
    modes.set_mode("never")
    page = handler.get(desk_of(members)).content.decode()
    assert "保有しない設定" in page
    assert 'inputmode="numeric"' not in page
    page = handler.post(desk_of(members), typed(members, _1=number(1))).content.decode()
    assert not PersonNumber.objects.exists()


def test_a_household_of_another_school_is_not_found(members: dict[str, Member]) -> None:
    School.objects.create(code="S29002", name="サンプル第二支援学校")
    away = browser_of((Role.NUMBER_HANDLER, "S29002"))
    assert away.get(desk_of(members)).status_code == 404
    assert away.post(desk_of(members), typed(members, _1=number(1))).status_code == 404
    assert away.get(f"/numbers/members/{members['1'].pk}/change/").status_code == 404
    assert away.get("/numbers/keeping/").status_code == 403  # the whole prefecture's
    assert not PersonNumber.objects.exists()


def test_a_number_is_changed(handler: Any, three: dict[str, Member]) -> None:
    address = f"/numbers/members/{three['1'].pk}/change/"
    assert "番号法第7条第2項" in handler.get(address).content.decode()
    values = {"because": "leaked", "on": TODAY, "first": number(11), "second": number(12), "identity": "card"}
    page = handler.post(address, values).content.decode()
    assert "1回目と2回目の入力が違います" in page
    assert number(11) not in page
    values["second"] = number(11)
    assert handler.post(address, values).status_code == 302
    present = PersonNumber.objects.get(member=three["1"], held_until=None)
    assert opened(present).clear() == number(11)
    values |= {"first": number(2), "second": number(2)}
    page = handler.post(address, values).content.decode()
    assert "構成員 2に登録されています" in page
    assert number(2) not in page


@pytest.mark.parametrize("path", ["desk", "change", "ask", "propose", "mode"])
def test_the_step_up_is_asked_for(
    handler: Any, three: dict[str, Member], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    from accounts import session_state

    address = {
        "desk": desk_of(three),
        "change": f"/numbers/members/{three['1'].pk}/change/",
        "ask": "/numbers/keeping/lists/",
        "propose": "/numbers/keeping/disposals/",
        "mode": MODE,
    }[path]
    monkeypatch.setattr(session_state, "otp_age", lambda _: timedelta(minutes=11))
    assert handler.post(address, {}).url.startswith("/step-up/")


def test_nothing_is_shown_when_the_trail_is_away(
    handler: Any, three: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    def away(*_: Any, **__: Any) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr("audit.trail.store.insert", away)
    for address in (desk_of(three), f"/numbers/members/{three['1'].pk}/change/", "/numbers/duplicates/"):
        assert handler.get(address).status_code == 503


# --- duplicates -------------------------------------------------------------------------------------------------------


def test_duplicates_are_listed_named_within_ones_schools_and_closed(
    handler: Any, three: dict[str, Member], heard: list[Any]
) -> None:
    far = School.objects.create(code="S29002", name="サンプル第二支援学校")
    there = make_household(far, "H29-000002")
    note([(three["1"].pk, there["1"].pk, Kind.SHARED)])
    page = handler.get("/numbers/duplicates/").content.decode()
    assert "H29-000001" in page
    assert "H29-000002" in page
    local = browser_of((Role.NUMBER_HANDLER, "S29002"))
    page = local.get("/numbers/duplicates/").content.decode()
    assert "H29-000001" not in page
    assert "担当でない世帯の人" in page
    conflict = NumberConflict.objects.get()
    handler.post(f"/numbers/duplicates/{conflict.pk}/", {"note": f"{number(1)} だった"})
    conflict.refresh_from_db()
    assert conflict.settled_at is None
    handler.post(f"/numbers/duplicates/{conflict.pk}/", {"note": "確認書類の取り違え"})
    conflict.refresh_from_db()
    assert conflict.note == "確認書類の取り違え"
    assert handler.post(f"/numbers/duplicates/{conflict.pk}/", {"note": "x"}).status_code == 404


def test_the_number_of_queries_does_not_grow(handler: Any, security: Any, school: School) -> None:
    def count(browser: Any, address: str) -> int:
        with CaptureQueriesContext(connection) as context:
            assert browser.get(address).status_code == 200
        return len(context)

    def more(n: int) -> dict[str, Member]:
        people = make_household(school, f"H29-{n:06}")
        note([(people["1"].pk, people["2"].pk, Kind.SHARED)])
        RevealList.objects.create(
            field="individual_number", duty="V01", case="x", people=1, digest="0" * 64, asked_by="somebody"
        )
        return people

    pages = [(handler, "/numbers/duplicates/"), (handler, "/numbers/keeping/"), (security, "/numbers/approvals/")]
    people = more(1)
    small = make_household(school, "H29-000050", "13")
    few = [count(*page) for page in pages] + [count(handler, desk_of(small))]
    for n in range(2, 12):
        more(n)
    large = make_household(school, "H29-000060", "123456789")
    assert [count(*page) for page in pages] + [count(handler, desk_of(large))] == few
    assert people


# --- keeping and approving --------------------------------------------------------------------------------------------


def test_who_comes_in(school: School) -> None:
    for role in (Role.SCHOOL_CLERK, Role.BOARD_OFFICER, Role.APPROVER, Role.TENANT_ADMIN, Role.MONITOR):
        browser = browser_of(role)
        for address in ("/numbers/keeping/", "/numbers/approvals/", "/numbers/duplicates/"):
            assert browser.get(address).status_code == 403
    assert browser_of(Role.NUMBER_HANDLER).get("/numbers/approvals/").status_code == 403
    assert browser_of(Role.SECURITY_MANAGER).get("/numbers/keeping/").status_code == 403


def test_a_list_is_asked_for_and_approved(handler: Any, security: Any, three: dict[str, Member]) -> None:
    values = {"duty": "V01", "case": "R07-0123"}
    assert (
        "個人番号と同じ形の12桁"
        in handler.post("/numbers/keeping/lists/", values | {"case": number(1)}).content.decode()
    )
    assert handler.post("/numbers/keeping/lists/", values).url == "/numbers/keeping/"
    row = RevealList.objects.get()
    assert (row.people, row.state) == (3, "asked")
    assert "R07-0123" in security.get("/numbers/approvals/").content.decode()
    assert handler.post(f"/numbers/approvals/lists/{row.pk}/").status_code == 403
    security.post(f"/numbers/approvals/lists/{row.pk}/")
    row.refresh_from_db()
    assert row.state == "approved"
    answer = handler.post(f"/numbers/keeping/lists/{row.pk}/withdraw/", follow=True)
    assert "この操作はできません" in answer.content.decode()
    services.store_unified({member.pk: f"U{key}" for key, member in three.items()}, batch="b")
    none = handler.post("/numbers/keeping/lists/", values).content.decode()
    assert "対象になる番号はありません" in none


def test_a_disposal_from_proposal_to_proof(handler: Any, security: Any, three: dict[str, Member]) -> None:
    page = handler.post("/numbers/keeping/disposals/", {"rule": "left"}).content.decode()
    assert "対象になる番号はありません" in page
    Pupil.objects.update(left_on="2015-03-31")
    proof = handler.post("/numbers/keeping/disposals/", {"rule": "left"}).url
    run = PurgeRun.objects.get()
    page = handler.get(proof).content.decode()
    assert all(line.tombstone in page for line in run.lines.all())
    assert "3件" in security.get("/numbers/approvals/").content.decode()
    security.post(f"/numbers/approvals/disposals/{run.pk}/")
    worked_off(Job.objects.get(kind=disposal.JOB))
    page = handler.get(proof).content.decode()
    assert "3件の番号は廃棄されました" in page
    assert not PersonNumber.objects.exists()
    assert run.digest in page


def test_a_key_is_changed_on_the_page(security: Any, three: dict[str, Member], monkeypatch: Any) -> None:
    monkeypatch.setattr(rotation, "SETTLE", timedelta(0))
    assert security.post("/numbers/approvals/keys/", {"purpose": "scope"}).status_code == 404
    security.post("/numbers/approvals/keys/", {"purpose": "numbers"})
    page = security.post("/numbers/approvals/keys/", {"purpose": "numbers"}, follow=True).content.decode()
    assert "この鍵の更新は実行中です" in page
    worked_off(Job.objects.get(kind=rotation.JOB))
    assert KeyRotation.objects.get().fingerprint in security.get("/numbers/approvals/").content.decode()


def test_the_rules_are_changed_by_two_people(handler: Any, security: Any, three: dict[str, Member]) -> None:
    values, same = {"mode": "held", "keep_years": 7}, {"mode": "held", "keep_years": 5, "needs_list": "on"}
    assert "いまの決まりと同じです" in handler.post(MODE, same).content.decode()
    assert security.post(MODE, values).status_code == 403
    assert handler.post(MODE, values).status_code == 302
    assert modes.rules().keep_years == 5
    change = SettingsChange.objects.get()
    assert "承認待ちの変更があります" in handler.post(MODE, values | {"keep_years": 8}).content.decode()
    there = f"/numbers/approvals/mode/{change.pk}/"
    assert handler.post(there).status_code == 403
    assert "求めない" in security.get("/numbers/approvals/").content.decode()
    assert security.post(there).status_code == 302
    assert (modes.rules().needs_list, modes.rules().keep_years) == (False, 7)
    assert "いまの状態は「施行済」" in security.post(there, follow=True).content.decode()
    events = outbox.filter(event__startswith="number:mode:").order_by("id")
    assert [event.event for event in events] == ["number:mode:proposed", "number:mode:changed"]
    assert events[1].detail["proposed_by"] == change.proposed_by


def test_rules_that_numbers_forbid_stay_proposed_until_withdrawn(
    handler: Any, security: Any, three: dict[str, Member]
) -> None:
    handler.post(MODE, {"mode": "never", "keep_years": 5})
    change = SettingsChange.objects.get()
    page = security.post(f"/numbers/approvals/mode/{change.pk}/", follow=True).content.decode()
    assert "変えられません" in page
    change.refresh_from_db()
    assert (change.state, modes.rules().mode) == ("proposed", "held")
    withdrawn = f"/numbers/keeping/mode/{change.pk}/withdraw/"
    assert security.post(withdrawn).status_code == 403
    assert handler.post(withdrawn).status_code == 302
    assert "起案を取り消す" not in handler.get("/numbers/keeping/").content.decode()


def test_nobody_approves_their_own_rules(three: dict[str, Member]) -> None:
    both = browser_of(Role.NUMBER_HANDLER, Role.SECURITY_MANAGER)
    both.post(MODE, {"mode": "held", "keep_years": 7})
    change = SettingsChange.objects.get()
    assert "起案した本人は承認できません" in both.get("/numbers/approvals/").content.decode()
    assert (
        "起案した本人は承認できません"
        in both.post(f"/numbers/approvals/mode/{change.pk}/", follow=True).content.decode()
    )
    assert modes.rules().keep_years == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingsChange.objects.update(state="in_force", approved_by=change.proposed_by, approved_at=timezone.now())
