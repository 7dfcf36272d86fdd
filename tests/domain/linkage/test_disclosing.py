"""開示: 情報提供等記録 of one person on paper, after the one-time password and the event, without any number."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pypdf
import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.domain.linkage.browsing import browser_of, text_of
from tests.domain.linkage.world import YEAR, World, child, father
from tests.support import trail

PERIOD = {"first": "R7.4.1", "last": "R8.3.31"}


@pytest.fixture
def person(world: World) -> Any:
    """A father with one record of each side, and one of another day; the child has one too."""
    from domain.linkage.models import Batch, ExchangeRecord
    from web.moments import start_of

    home = world.household(father(), child())
    member, other = home.members.get(key="01"), home.members.get(key="03")
    batch = Batch.objects.create(kind="list", sequence=1, fiscal_year=YEAR, adapter_version=1, size=0)
    asked = start_of(date(2025, 6, 1)) + timedelta(hours=9, minutes=5)
    rows = (
        ("K1", member, False, "サンプル市", "地方税関係情報", asked),
        ("K2", member, True, "サンプル県 1234-5678-9018", "支弁に関する情報", asked + timedelta(hours=1)),
        ("K3", member, True, "よその年の機関", "支弁に関する情報", asked - timedelta(days=400)),
        ("K4", other, True, "ほかの人の機関", "支弁に関する情報", asked),
    )
    for entry, whose, provided, party, item, at in rows:
        ExchangeRecord.objects.create(
            entry=entry, provided=provided, member=whose, party=party, item=item, asked_at=at, batch=batch,
            provided_at=None if provided else at + timedelta(minutes=1), keep_until=timezone.localdate(at),
        )  # fmt: skip
    return member


def _place(member: Any) -> str:
    return f"/linkage/records/members/{member.pk}/"


def _words(answer: Any) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content.decode()
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_document_holds_both_sides_of_the_period_and_of_nobody_else(person: Any, handler: Client) -> None:
    from audit.trail.reader import Filters, search

    began = timezone.now()
    shown = text_of(handler.get(_place(person)))
    assert "照会 1件、提供 2件を保存しています" in shown
    assert _place(person) in text_of(handler.get("/linkage/records/?first=R7.4.1&last=R8.3.31"))
    answer = handler.post(_place(person), PERIOD)
    words = _words(answer)
    for expected in (
        "情報提供等記録", "サンプル髙雄", person.household.number, "令和7年4月1日から令和8年3月31日まで", "2件（照会1件、提供1件）",
        "令和7年6月1日9時05分", "令和7年6月1日9時06分", "地方税関係情報", "提供なし", "サンプル県", "番号法第23条",
    ):  # fmt: skip
        assert expected in words, expected
    for hidden in ("よその年", "ほかの人", "1234", person.atena_number, person.household.address, "K1"):
        assert hidden not in words, hidden
    assert answer["Cache-Control"] == "no-store"
    name = unquote(answer["Content-Disposition"])
    assert name.startswith("attachment;")
    assert f"情報提供等記録_{person.household.number}-01_20250401-20260331_" in name
    other = handler.post(_place(person.household.members.get(key="03")), PERIOD | {"last": "R7.12.31"})
    assert f"{person.household.number}-03_20250401-20251231_" in unquote(other["Content-Disposition"])
    (event,) = [
        one for one in search(Filters(prefix="print:records", since=began)) if one.subjects[0].id == str(person.pk)
    ]
    assert [(subject.kind, subject.id) for subject in event.subjects] == [("member", str(person.pk))]
    assert event.detail == {"from": "2025-04-01", "to": "2026-03-31", "taken_out": 2}


def test_neither_the_list_nor_its_workbook_names_the_other_body_of_a_household_under_protection(
    person: Any, handler: Client
) -> None:
    """And a search by the body does not find them: what it found would say the body."""
    from domain.linkage.models import ExchangeRecord

    first = ExchangeRecord.objects.get(entry="K1")
    first.pk, first.entry, first.item = None, "K9", "かくれ市の地方税関係情報"
    first.save()
    period = "?first=R7.4.1&last=R8.3.31"

    def shown(**more: str) -> str:
        posted = handler.post("/linkage/records/", {"first": "R7.4.1", "last": "R8.3.31", **more})
        asked = posted.headers["Location"].removeprefix("/linkage/records/")
        assert asked == period + ("&searched=1" if more else "")
        page = text_of(handler.get(f"/linkage/records/{asked}"))
        made = handler.get(f"/linkage/records/excel/{asked}").content
        return page + str(CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(0).to_python())

    open_to_all = shown(party="サンプル市")
    assert open_to_all.count("かくれ市の地方税関係情報") == 2
    type(person.household).objects.update(address_hidden=True)
    words = shown()
    assert "サンプル市" not in words
    assert "かくれ" not in words
    assert words.count("地方税関係情報") == 4
    assert person.name not in shown(party="サンプル市")


@pytest.mark.parametrize(
    "condition",
    [
        "first=R9.13.45&last=R8.3.31",
        "first=R8.3.31&last=R7.4.1",
        "first=R7.4.1",
    ],
)
def test_a_wrong_condition_shows_nothing_and_hands_out_no_file(person: Any, handler: Client, condition: str) -> None:
    page = text_of(handler.get(f"/linkage/records/?{condition}"))
    assert "条件に誤りがあります" in page
    assert person.name not in page
    answer = handler.get(f"/linkage/records/excel/?{condition}", follow=True)
    assert answer.redirect_chain == [("/linkage/records/", 302)]
    assert "Excelを作りませんでした" in text_of(answer)


def test_a_household_that_reads_like_an_individual_number_is_not_searched_for(person: Any, handler: Client) -> None:
    typed = {"first": "R7.4.1", "last": "R8.3.31", "household": "123456789018"}
    page = handler.post("/linkage/records/", typed)
    assert "条件に誤りがあります" in text_of(page)
    assert "123456789018" not in page.content.decode()
    assert person.name not in text_of(page)


def test_of_a_household_under_protection_no_other_body_is_named(person: Any, handler: Client) -> None:
    """Nor a place in the words of an item. Of an ordinary household both stand there."""
    from audit.trail.entries import Subject
    from domain.linkage.models import ExchangeRecord

    first = ExchangeRecord.objects.get(entry="K1")
    for n, item in enumerate(("かくれ市の地方税関係情報", "かくれ町からの申出")):
        first.pk, first.entry, first.item = None, f"K9{n}", item
        first.save()
    words = _words(handler.post(_place(person), PERIOD))
    assert all(told in words for told in ("サンプル市", "かくれ市", "かくれ町"))
    assert "不開示" not in words
    page = text_of(handler.get(_place(person)))
    assert "支援措置" not in page
    assert all(told in page for told in ("サンプル市", "かくれ市", "K90", "令和7年6月1日 9時05分"))
    assert "ほかの人" not in page
    type(person.household).objects.update(address_hidden=True)
    began = timezone.now()
    page = text_of(handler.get(_place(person)))
    assert "支援措置の世帯です" in page
    assert "K90" in page
    assert not any(told in page for told in ("サンプル市", "サンプル県", "かくれ"))
    assert "決定通知書に不開示の部分と理由を書き" in page
    words = _words(handler.post(_place(person), PERIOD))
    for hidden in ("サンプル市", "サンプル県1", "かくれ"):
        assert hidden not in words, hidden
    for told in ("第78条第1項第1号", "支援措置", "地方税関係情報", "支弁に関する情報", "4件（照会3件、提供1件）"):
        assert told in words, told
    assert words.count("不開示") == 1 + 4 + 1  # the reason, every other body, and the item that has no known name
    events = trail.since(began, subject=Subject("member", str(person.pk)))
    details = {event.event: event.detail for event in events if "address_hidden" in event.detail}
    assert details["print:records:made"] == {
        "from": "2025-04-01",
        "to": "2026-03-31",
        "taken_out": 4,
        "address_hidden": True,
    }
    assert len(details) == 2  # and the page


def test_the_sample_mark_stands_on_it(person: Any, handler: Client) -> None:
    from tenants.core.context import require_prefecture

    assert require_prefecture().sample
    assert "サンプルサンプル" in _words(handler.post(_place(person), PERIOD))


def test_without_event_or_password_nothing_leaves(person: Any, handler: Client, settings: Any) -> None:
    from audit.trail import connections

    settings.STEP_UP_SECONDS, kept = 0, settings.STEP_UP_SECONDS
    answer = handler.post(_place(person), PERIOD)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up/")
    settings.STEP_UP_SECONDS = kept
    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    connections.close_all()
    answer = handler.post(_place(person), PERIOD)
    assert answer.status_code == 503
    assert b"%PDF" not in answer.content


def test_a_wrong_period_and_people_of_schools_get_nothing(person: Any, handler: Client) -> None:
    said = handler.post(_place(person), {"first": "R8.4.1", "last": "R7.4.1"})
    assert said.status_code == 422
    assert "始めの日以後" in said.content.decode()
    assert browser_of("clerk", "SCHOOL_CLERK").post(_place(person), PERIOD).status_code == 403
    assert handler.get("/linkage/records/members/987654321/").status_code == 404


def test_the_trails_page_of_a_person_names_it(person: Any) -> None:
    manager = browser_of("manager", "SECURITY_MANAGER")
    shown = text_of(manager.get(f"/trail/?kind=member&id={person.pk}"))
    assert "情報提供等記録（番号法23条）の開示" in shown
    assert "の画面で印刷します" in shown
    assert _place(person) not in shown  # who keeps the trail sees no household
    assert "の開示" not in text_of(manager.get(f"/trail/?kind=household&id={person.household_id}"))
