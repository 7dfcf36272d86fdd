"""The work sheet through the pages: two blind entries, compared; numbers and hidden addresses nowhere; answers go to the link once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from tests.domain.handover.conftest import AREA, Carried, text
from tests.support import trail

EVIDENCE = "画面写し 第12号"
DAY, MADE = date(2025, 1, 1), datetime(2025, 6, 1, tzinfo=UTC)


NUMBERS = ["U00000001", "U00000002", "U00000003"]
"""What the terminal shows for the three lines of the sheet."""


def _grid(numbers: list[str], **other: str) -> dict[str, str]:
    grid = {f"{line}-result": "registered" for line in range(len(numbers))}
    grid |= {f"{line}-unified_number": number for line, number in enumerate(numbers)}
    return grid | {"submit": "1", "evidence": EVIDENCE} | other


def _enter(client: Client, url: str, **other: str) -> str:
    return text(client.post(url, _grid(NUMBERS, **other), follow=True))


def _states() -> set[str]:
    from domain.linkage.models import Registration

    return set(Registration.objects.values_list("state", flat=True))


def test_two_equal_entries_of_two_people_are_the_answer(keyed: Carried, url: str, browsers: list[Client]) -> None:
    from domain.handover.models import SheetEntry
    from jobs.models import Job

    assert "1 宛名登録" in text(browsers[0].get(AREA))
    assert "二人目の入力を依頼" in _enter(browsers[0], url)
    assert "二人目の入力を依頼" in _enter(browsers[0], url)  # the same person again is one entry
    assert _states() == {"requested"}
    assert all("サンプル tanaka" in text(browsers[1].get(page)) for page in (url, AREA)), "a name, and no 職員ID"
    assert "二人の入力が一致しました" in _enter(browsers[1], url)
    keyed.run(Job.objects.exclude(state="succeeded").get())
    assert _states() == {"registered"}
    assert browsers[0].get(url).status_code == 404
    assert [(e.by, e.evidence, bytes(e.sealed)) for e in SheetEntry.objects.all()] == [
        ("tanaka", EVIDENCE, b""),
        ("tachiai", EVIDENCE, b""),
    ]


def test_differences_stand_side_by_side_for_the_two_alone(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _enter(browsers[0], url)
    assert "比べる入力がそろっていない" in text(browsers[0].get(f"{url}compare/"))
    other = {"1-result": "rejected", "1-reason": "番号なし", "2-unified_number": "U00000008"}
    shown = _enter(browsers[1], url, **other)
    assert "食い違っています" in shown
    assert "番号なし" in shown
    assert "（9桁目）" in shown
    assert "U00000003" not in shown
    assert "U00000008" not in shown
    assert browsers[2].get(f"{url}compare/").status_code == 404
    assert "すでに別の二人が入力しています" in _enter(browsers[2], url)
    assert _states() == {"requested"}
    assert "二人の入力が一致しました" in _enter(browsers[1], url, **{"1-reason": ""})


def test_the_second_person_does_not_see_the_first_entry(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _enter(browsers[0], url, **{"0-reason": "ひとりめの理由"})
    assert "ひとりめの理由" in text(browsers[0].get(url))
    assert "ひとりめの理由" not in text(browsers[1].get(url))


def test_drafts_are_kept_sealed_and_numbers_are_not_shown_again(
    keyed: Carried, url: str, browsers: list[Client]
) -> None:
    from domain.handover.models import SheetEntry

    half = {"0-result": "registered", "0-unified_number": "U00000001", "1-reason": "途中"}
    assert "下書きを保存しました" in text(browsers[0].post(url, half | {"save": "1"}, follow=True))
    assert browsers[0].post(f"{url}draft/", half | {"0-unified_number": ""}).status_code == 204
    shown = text(browsers[0].get(url))
    assert "途中" in shown
    assert "U00000001" not in shown
    assert "＊＊＊＊＊＊001" in shown
    sealed = bytes(SheetEntry.objects.get().sealed)
    assert sealed
    assert b"U00000001" not in sealed
    assert "入力を提出しました" in _enter(browsers[0], url, **{"0-unified_number": ""})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"1-result": ""}, "2行目「結果」が空です"),
        ({"1-unified_number": ""}, "2行目「団体内統合宛名番号」が空です"),
        ({"0-result": "pending"}, "一覧から選んでください"),
        ({"2-reason": "123456789018"}, "個人番号と同じ形"),
        ({"evidence": " "}, "証拠書類の番号"),
    ],
)
def test_what_cannot_stand_is_told_by_line_and_item(
    keyed: Carried, url: str, browsers: list[Client], wrong: dict[str, str], words: str
) -> None:
    from domain.handover.models import SheetEntry

    assert words in _enter(browsers[0], url, **wrong)
    assert not SheetEntry.objects.exclude(submitted_at=None).exists()


def test_no_number_and_no_hidden_address_is_on_sheet_or_paper(
    keyed: Carried, url: str, browsers: list[Client], world: Any
) -> None:
    from domain.households.models import Household
    from tests.domain.linkage.world import HOME
    from tests.support.outbox import outbox

    assert HOME in text(browsers[0].get(f"{url}paper/"))
    Household.objects.update(address_hidden=True)
    for place in (url, f"{url}paper/"):
        shown = text(browsers[0].get(place))
        assert not any(number in shown for number in world.numbers.values())
        assert HOME not in shown
        assert "支援措置により表示していません" in shown
    assert "番号を表示" in text(browsers[0].get(url))
    assert "番号を表示" not in text(browsers[0].get(f"{url}paper/"))
    assert not outbox.filter(event="number:individual:revealed").exists()


def test_reading_a_sheet_is_written_down_first(keyed: Carried, url: str, browsers: list[Client]) -> None:
    from django.utils import timezone

    from audit.trail.entries import Subject
    from domain.linkage.models import Batch

    began = timezone.now()
    text(browsers[0].get(url))
    found = trail.since(began, prefix="read:sheet", subject=Subject("sheet", str(Batch.objects.get().pk)))
    assert len(found) == 1
    assert len([subject for subject in found[0].subjects if subject.kind == "member"]) == 3


def test_a_submission_cut_off_is_taken_up_again(
    keyed: Carried, url: str, browsers: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.handover.models import SheetEntry
    from domain.handover.terminal import entries
    from jobs.models import Job

    _enter(browsers[0], url)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(entries, "record", cut)
        with pytest.raises(KeyboardInterrupt):
            browsers[1].post(url, _grid(NUMBERS))
    assert not Job.objects.exclude(state="succeeded").exists()
    assert "回答の読み取りを始める" in text(browsers[1].get(url))
    for _ in range(2):
        assert "二人の入力が一致しました" in text(browsers[1].post(url, {"submit": "1"}, follow=True))
    assert SheetEntry.objects.exclude(agreed_at=None).count() == 2
    keyed.run(Job.objects.exclude(state="succeeded").get())
    assert _states() == {"registered"}


def test_facts_of_an_inquiry_are_entered_in_peoples_own_ways(keyed: Carried) -> None:
    from domain.handover.terminal.values import canonical
    from integrations.atena_adapters.fields import Message, specs

    items = specs(Message.INQUIRY_ANSWER)
    assert canonical(items["total_income"], "１,２００,０００円") == "1200000"
    assert canonical(items["total_income"], "") == ""
    assert canonical(items["total_income"], "0") == "0"
    assert canonical(items["born"], "S55.1.31") == "1980-01-31"
    for name, wrong in (("total_income", "千円"), ("born", "S99.1.1"), ("tax_year", "令和7"), ("result", "answer")):
        with pytest.raises(ValueError, match=r"."):
            canonical(items[name], wrong)


def test_another_link_has_no_sheets(in_force: Any, browsers: list[Client]) -> None:
    in_force("medium")
    assert browsers[0].get(AREA).status_code == 404
    assert "作業票" not in text(browsers[0].get("/"))


def test_roles_without_the_permission_are_refused(keyed: Carried, url: str) -> None:
    from accounts.roles import Role
    from tests.domain.handover.conftest import browser
    from tests.platform.accounts.sign_in import make_person

    other = browser(make_person("shounin", Role.APPROVER))
    assert other.get(url).status_code == 403
    assert other.get("/handover/medium/").status_code == 403


def test_an_address_under_protection_is_neither_shown_again_nor_compared_in_the_open(
    in_force: Any, browsers: list[Client]
) -> None:
    from domain.handover.models import SheetEntry
    from domain.households.models import Household, Member
    from domain.linkage.services import adapter_in_force
    from integrations.atena_adapters.port import InquiryBatch, InquiryKind, InquiryLine, Operator

    in_force("terminal")
    member = Member.objects.order_by("pk").first()
    assert member is not None
    line = InquiryLine(
        "1-1", member.atena_number or "", InquiryKind.RESIDENT, base_date=DAY, tax_year=2025, base_address="サンプル市"
    )
    adapter_in_force().submit_inquiry(InquiryBatch("sample-1", MADE, Operator(), lines=(line,)))
    Household.objects.update(address_hidden=True)
    url = f"{AREA}inquiry_sample-1/"
    typed = {"0-result": "answered", "0-name": member.name, "0-born": "S55.1.31", "submit": "1", "evidence": EVIDENCE}
    browsers[0].post(url, typed | {"0-address": "ひみつ町1"})
    shown = text(browsers[0].get(url))
    assert "ひみつ町" not in shown
    assert "サンプル市" not in shown
    compared = text(browsers[1].post(url, typed | {"0-address": "ひみつ町2", "0-name": "別の名"}, follow=True))
    assert "2か所が食い違っています" in compared
    assert "別の名" in compared
    assert "ひみつ町" not in compared
    assert "一致しました" in text(browsers[1].post(url, typed | {"0-address": "ひみつ町1"}, follow=True))
    assert SheetEntry.objects.exclude(agreed_at=None).count() == 2


def test_the_list_costs_the_same_queries_however_many_sheets(
    keyed: Carried, url: str, browsers: list[Client], world: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.domain.linkage.numbers import give_numbers
    from tests.domain.linkage.world import father

    browsers[0].get(AREA)
    with CaptureQueriesContext(connection) as one:
        browsers[0].get(AREA)
    known = set(world.numbers)
    world.household(father())
    give_numbers({member: number for member, number in world.numbers.items() if member not in known})
    keyed.register()
    with CaptureQueriesContext(connection) as two:
        assert "2枚" in text(browsers[0].get(AREA))
    assert len(two) == len(one)


def test_the_number_of_the_evidence_stands_there_again(keyed: Carried, url: str, browsers: list[Client]) -> None:
    """Kept with the draft, also the one that the page saves by itself; an individual number is not; what is handed in counts."""
    from domain.handover.models import SheetEntry

    def shown(client: Client) -> bool:
        return f'value="{EVIDENCE}"' in text(client.get(url))

    assert browsers[0].post(f"{url}draft/", {"0-reason": "途中", "evidence": EVIDENCE}).status_code == 204
    assert shown(browsers[0])
    assert not shown(browsers[1])
    browsers[0].post(f"{url}draft/", {"0-reason": "途中", "evidence": "123456789018"})
    assert shown(browsers[0])
    assert SheetEntry.objects.get().evidence == ""
    _enter(browsers[0], url)
    assert browsers[0].post(f"{url}draft/", {"0-reason": "途中", "evidence": "別の書類"}).status_code == 204
    assert SheetEntry.objects.get().evidence == EVIDENCE
    assert 'value="別の書類"' in text(browsers[0].get(url))
