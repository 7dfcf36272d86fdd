"""An old exchange is read again with the configuration of its version, whatever link is in force now."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.domain.linkage.browsing import browser_of, let_code_grow_old, text_of
from tests.domain.linkage.world import World, child, father


@pytest.mark.parametrize("name", ["osaka"])
def test_the_answers_of_a_batch_are_read_with_its_own_version_after_a_change_of_vendor(
    name: str, world: World, start: Any
) -> None:
    from audit.trail.reader import Filters, search
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry
    from domain.vault.models import PersonNumber
    from domain.vault.sealing import opened
    from integrations.atena_adapters.registry import preset

    household = world.household(father(), child())
    link = start(name)
    link.whole()
    other = preset("nara").model_dump(mode="json") | {"transport": {"kind": "retired"}}
    services.put_in_force(other, {})
    officer, began = browser_of("officer", "BOARD_OFFICER"), timezone.now()
    before = list(Inquiry.objects.order_by("pk").values())
    for kind, word in (("inquire", "回答あり"), ("register", "付番済")):
        batch = Batch.objects.filter(kind=kind).earliest("sequence")
        here = f"/linkage/batches/{batch.pk}/"
        found = officer.get("/linkage/batches/", {"sequence": str(batch.sequence)})
        assert (found.status_code, found.headers.get("Location")) == (302, here)
        assert "届いた回答を読み直す" in text_of(officer.get(here))
        page = text_of(officer.get(here, {"read": "1"}))
        assert f"第{batch.adapter_version}版" in page
        assert word in page
        assert f"{household.number}-01" in page
        unified = [opened(row).clear() for row in PersonNumber.objects.filter(field="unified_number")]
        assert unified
        assert not any(number in page for number in [*unified, *world.numbers.values()])
        case = f"linkage-batch:{batch.pk}"
        shown = [one for one in search(Filters(prefix="read:linkage", since=began)) if one.case == case]
        assert len(shown) == 1
        assert shown[0].subjects
    assert list(Inquiry.objects.order_by("pk").values()) == before
    let_code_grow_old(officer)
    assert officer.get(here, {"read": "1"}).status_code == 302, "only after a fresh one-time password"


def test_what_cannot_be_read_again_is_said(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, RawExchange
    from tenants.core import files

    world.household(father(), child())
    start("nara").register()
    officer = browser_of("officer", "BOARD_OFFICER")
    batch = Batch.objects.get(kind="register")
    raw = RawExchange.objects.get(batch=batch, name__contains="-answer-")
    files.resolve(raw.path).unlink()
    assert "開けません" in text_of(officer.get(f"/linkage/batches/{batch.pk}/", {"read": "1"}, follow=True))
    for wrong in ("999", "x", "9" * 30):
        assert "その通番の送受信はありません" in text_of(officer.get("/linkage/batches/", {"sequence": wrong}))


def test_a_number_that_the_other_side_quotes_is_covered() -> None:
    from domain.linkage.rereading import _covered

    assert _covered("番号 123456789012 が誤り") == "番号 ＊＊＊＊＊＊＊＊＊＊＊＊ が誤り"
