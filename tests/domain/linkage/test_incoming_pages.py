"""The pages of held inquiries and of 情報提供等記録, through a logged-in browser."""

from __future__ import annotations

import io
from typing import Any

from django.test import Client
from python_calamine import CalamineWorkbook

from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.world import World, child, father


def _listed(world: World, start: Any, count: int = 1) -> None:
    """A link that fetches lists, and so many inquiries and records that came over it."""
    from django.utils import timezone

    from domain.linkage.incoming.fetching import Fetching
    from domain.linkage.models import Batch
    from integrations.atena_adapters.port import Collection, Listed, ListedEntry
    from tests.domain.linkage.world import YEAR

    start("nara", lists=True)
    atena = world.household(father(), child()).members.get(key="03").atena_number
    rows = tuple(
        ListedEntry(f"SK{n}", atena, True, f"サンプル機関{n}", "支弁に関する情報", timezone.now(), None)
        for n in range(count)
    )
    batch = Batch.objects.create(kind="list", sequence=900, fiscal_year=YEAR, adapter_version=1, size=0)
    told = {"incoming": Listed(rows), "records": Listed(rows)}
    Fetching(YEAR, "事務").apply(batch, Collection(str(batch.pk), told))


def test_an_inquiry_is_answered_and_approved_on_its_page(
    world: World, start: Any, handler: Client, approver: Client
) -> None:
    from jobs.models import Job

    _listed(world, start)
    from domain.linkage.models import HeldInquiry

    held = HeldInquiry.objects.get()
    place = f"/linkage/incoming/{held.pk}/"
    assert "未回答の照会が 1件あります" in text_of(handler.get("/linkage/incoming/"))
    assert "回答を記録する" in text_of(handler.get(place))
    assert "回答を記録する" not in text_of(approver.get(place))
    assert "選んでください" in text_of(handler.post(place, {"act": "decide", "note": "x"}))
    assert "理由を入力" in text_of(handler.post(place, {"act": "decide", "decision": "release"}))
    answer = {"act": "decide", "decision": "release", "note": "申出を確かめた"}
    assert approver.post(place, answer).status_code == 403
    assert "別の人の承認を待ちます" in text_of(handler.post(place, answer, follow=True))
    assert handler.post(place, {"act": "approve", "decision": "release"}).status_code == 403
    assert "「提供する」を承認する" in text_of(approver.get(place))
    assert "回答を承認しました" in text_of(approver.post(place, {"act": "approve", "decision": "release"}, follow=True))
    assert "受け付けました" in text_of(handler.post("/linkage/incoming/exchange/", follow=True))
    assert Job.objects.filter(kind="linkage.incoming").count() == 1


def test_what_is_overdue_is_said_first(world: World, start: Any, handler: Client) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from domain.linkage.models import HeldInquiry

    _listed(world, start, 2)
    HeldInquiry.objects.filter(entry="SK0").update(due_on=timezone.localdate() - timedelta(days=1))
    assert "期限を過ぎた照会が 1件あります" in text_of(handler.get("/linkage/incoming/"))


def test_records_are_searched_and_exported(world: World, start: Any, handler: Client) -> None:
    _listed(world, start, 3)
    period = "first=R7.4.1&last=R20.3.31"
    page = text_of(handler.get(f"/linkage/records/?{period}"))
    assert "3件" in page
    assert "照会日（から）" in page
    assert page.index("この条件で探す") < page.index("Excelで書き出す") < page.index("<tr data-row"), (
        "acts before the results"
    )
    assert "送信日" not in page, "the day of the inquiry is what is searched by"
    days = {"first": "R7.4.1", "last": "R20.3.31"}
    none = handler.post("/linkage/records/", days | {"household": "H99999"}, follow=True)
    assert none.redirect_chain == [(f"/linkage/records/?{period}&searched=1", 302)], "no number in an address"
    assert "この条件の記録はありません" in text_of(none)
    found = handler.post("/linkage/records/", days | {"party": "サンプル機関2"}, follow=True)
    assert "1件" in text_of(found)
    assert f'href="/linkage/records/excel/?{period.replace("&", "&amp;")}&amp;searched=1"' in found.content.decode()
    assert "3件" in text_of(handler.get(f"/linkage/records/?{period}")), "without the mark no words are searched for"
    answer = handler.get(f"/linkage/records/excel/?{period}&searched=1")
    assert answer.status_code == 200
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[4] for row in rows] == ["相手機関", "サンプル機関2"]


def test_more_rows_need_no_more_queries(
    world: World, start: Any, handler: Client, django_assert_max_num_queries: Any
) -> None:
    _listed(world, start, 20)
    for place in ("/linkage/incoming/", "/linkage/records/?first=R7.4.1&last=R20.3.31"):
        handler.get(place)
        with django_assert_max_num_queries(22):
            assert text_of(handler.get(place)).count("<tr data-row") == 20


def test_of_a_household_under_protection_only_who_must_answer_sees_who_asks(
    world: World, start: Any, handler: Client, approver: Client
) -> None:
    """And what the other side or a clerk wrote about it. Each time the event says that it was shown."""
    from django.utils import timezone

    from audit.trail.reader import Filters, search
    from domain.households.models import Household
    from domain.linkage.models import HeldInquiry

    _listed(world, start)
    Household.objects.update(address_hidden=True)
    HeldInquiry.objects.update(item="かくれ市からの支弁に関する情報")
    held = HeldInquiry.objects.get()
    place, began = f"/linkage/incoming/{held.pk}/", timezone.now()
    told = ("サンプル機関0", "かくれ市")

    def sees(client: Client) -> bool:
        page, listing = text_of(client.get(place)), text_of(client.get("/linkage/incoming/?show=open"))
        assert "支援措置の世帯です" in page
        assert not any(word in listing for word in told)
        assert all(word in page for word in told) or not any(word in page for word in told)
        return told[0] in page

    assert (sees(handler), sees(approver)) == (True, False)
    assert "（支援措置のため表示しません）" in text_of(handler.get("/linkage/incoming/"))
    handler.post(place, {"act": "decide", "decision": "release", "note": "かくれ市に確かめた"})
    assert (sees(handler), sees(approver)) == (False, True)
    approver.post(place, {"act": "approve", "decision": "release"})
    assert (sees(handler), sees(approver)) == (False, False)
    HeldInquiry.objects.update(state="refused", reason="かくれ市が取り下げた")
    assert (sees(handler), sees(approver)) == (False, False)
    details = [one.detail for one in search(Filters(prefix="read:linkage", since=began))]
    assert all(detail["address_hidden"] for detail in details)
    assert sum(bool(detail["protected_party"]) for detail in details) == 2
    Household.objects.update(address_hidden=False)
    assert told[0] in text_of(approver.get(place))
    assert "支援措置" not in text_of(approver.get(place))


def test_what_is_needed_is_not_called_optional(world: World, start: Any, handler: Client, approver: Client) -> None:
    from domain.linkage.models import HeldInquiry

    _listed(world, start)
    place = f"/linkage/incoming/{HeldInquiry.objects.get().pk}/"
    page = text_of(handler.get(place))
    assert ("任意" in page, page.count("必須")) == (False, 2)
    refused = text_of(handler.post(place, {"act": "decide"}))
    assert 'href="#id_note"' in refused
    assert "任意" not in refused
