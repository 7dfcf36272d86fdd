"""The pages of 副本, through a logged-in browser."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.domain.linkage.browsing import text_of
from tests.domain.linkage.conftest import work
from tests.domain.linkage.paid import copies, pay, provide, provide_by_rule
from tests.domain.linkage.world import World, child, father, mother


def test_copies_are_set_frozen_approved_and_sent_on_their_pages(
    world: World, start: Any, handler: Client, approver: Client
) -> None:
    from django.utils import timezone

    from domain.linkage.models import CopyLine, CopyList
    from jobs.models import Job

    household = world.household(father(), child())
    start("nara").register()
    pay({household.members.get(key="03"): 12_000})
    assert "副本を登録しない設定です" in text_of(handler.get("/linkage/copies/"))
    assert "/linkage/copies/p" not in handler.get("/linkage/copies/").content.decode(), "no act that would be refused"
    assert "副本を登録しない設定です" in text_of(handler.post("/linkage/copies/plan/", follow=True))
    typed = {
        "starts_on": timezone.localdate().isoformat(), "provided": "yes", "two_people_answer": "yes", "answer_days": "3",
        "record_years": "7", "basis": "", "notice": "サンプル通知",
    }  # fmt: skip
    assert handler.post("/linkage/copies/rules/", typed).status_code == 403
    assert "7以上" in text_of(approver.post("/linkage/copies/rules/", typed | {"record_years": "6"}))
    assert "設定を登録しました" in text_of(approver.post("/linkage/copies/rules/", typed, follow=True))

    shown = text_of(handler.post("/linkage/copies/plan/", follow=True))
    assert "副本 1件の一覧を確定しました" in shown
    assert "件の副本を承認する" not in shown
    listed = CopyList.objects.get()
    place = f"/linkage/copies/lists/{listed.pk}/"
    assert handler.post(place, {"act": "approve", "digest": listed.digest}).status_code == 403
    assert "1件の副本を承認する" in text_of(approver.get(place))
    assert "確かめたものと違います" in text_of(approver.post(place, {"act": "approve", "digest": "sha256:0"}))
    done = text_of(approver.post(place, {"act": "approve", "digest": listed.digest}, follow=True))
    assert "1件を承認しました" in done
    assert approver.post("/linkage/copies/provide/").status_code == 403
    assert "受け付けました" in text_of(handler.post("/linkage/copies/provide/", follow=True))
    work(Job.objects.get(kind="linkage.provide"))
    assert copies() == {"03": (12_000, "numbered")}
    assert "登録済みの副本は 1件です" in text_of(handler.get("/linkage/copies/"))
    assert "12,000円" in text_of(handler.get(f"/linkage/copies/lines/{CopyLine.objects.get().pk}/"))


def test_a_list_is_taken_back_with_a_reason(world: World, start: Any, handler: Client) -> None:
    from domain.linkage.models import CopyList

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({household.members.get(key="03"): 12_000})
    handler.post("/linkage/copies/plan/")
    place = f"/linkage/copies/lists/{CopyList.objects.get().pk}/"
    assert "理由を入力" in text_of(handler.post(place, {"act": "withdraw"}))
    assert "取り下げました" in text_of(handler.post(place, {"act": "withdraw", "reason": "額が違う"}, follow=True))


def test_a_refused_and_an_unknown_line_are_settled_on_their_page(world: World, start: Any, handler: Client) -> None:
    from domain.linkage.models import CopyLine

    household = world.household(father(), child())
    start("nara").register()
    provide_by_rule()
    pay({household.members.get(key="03"): 12_000})
    provide()
    CopyLine.objects.update(state="refused", reason="期間外")
    place = f"/linkage/copies/lines/{CopyLine.objects.get().pk}/"
    assert "登録不可・結果不明が 1件あります" in text_of(handler.get("/linkage/copies/"))
    told = text_of(handler.post(place, {"act": "corrected"}))
    assert CopyLine.objects.get().corrected is False
    assert 'id="id_note_error"' in told
    assert "処理を記録しました" in text_of(
        handler.post(place, {"act": "corrected", "note": "期間を直した"}, follow=True)
    )
    assert CopyLine.objects.get().corrected
    CopyLine.objects.update(state="unknown", corrected=False)
    typed = {"act": "done", "note": "端末で確認", "record_number": "F000000009"}
    assert "処理を記録しました" in text_of(handler.post(place, typed, follow=True))
    assert CopyLine.objects.get().copy.record_number == "F000000009"


def test_the_lines_need_the_same_number_of_queries_for_more_rows(
    world: World, start: Any, handler: Client, django_assert_max_num_queries: Any
) -> None:
    from domain.linkage.models import CopyList

    homes = [world.household(father(), mother(), child()) for _ in range(6)]
    start("nara").register()
    provide_by_rule()
    pay({home.members.get(key="03"): 1_000 for home in homes})
    handler.post("/linkage/copies/plan/")
    for place in (f"/linkage/copies/lists/{CopyList.objects.get().pk}/", "/linkage/copies/?show=approval"):
        handler.get(place)
        with django_assert_max_num_queries(24):
            assert text_of(handler.get(place)).count("<tr data-row") == 6
