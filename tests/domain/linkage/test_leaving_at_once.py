"""A copy that is added and a 廃止 that is prepared at the same moment, on two connections: one of the two, never both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from pydantic import SecretStr

from tests.domain.linkage.numbers import give_numbers
from tests.domain.linkage.world import YEAR, World, child, father
from tests.support.committed import committed, meanwhile

PATIENCE = 20.0


@pytest.fixture
def leaving(database: None, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The prefecture; somebody known to 統合宛名 who was paid and who left: a copy and a 廃止 are both due."""
    from django.utils import timezone

    from domain.linkage.models import AdapterConfiguration, ProvisionRule, Registration
    from domain.linkage.providing import sources
    from domain.linkage.providing.figures import Figures
    from integrations.atena_adapters.registry import preset

    with committed(postgres) as prefecture:
        world = World()
        member = world.household(father(), child()).members.get(key="03")
        give_numbers(world.numbers)
        type(member).objects.filter(pk=member.pk).update(left_on=date(2024, 9, 1))
        Registration.objects.create(member=member, state="ready", known=True)
        link = preset("nara").model_dump(mode="json")
        AdapterConfiguration.objects.create(version=1, config=link, in_force_from=timezone.now())
        ProvisionRule.objects.create(starts_on=timezone.localdate(), provided=True, basis="サンプル", notice="1号")
        paid = sources.PaidRow(member.pk, YEAR, Figures(12_000, date(YEAR, 4, 1), date(YEAR, 4, 30)))
        monkeypatch.setattr(sources, "_sources", [lambda first: [paid]])
        yield prefecture


def _propose() -> Any:
    from accounts.models import User
    from domain.linkage.services import propose_copies

    return propose_copies(YEAR, User(username="proposer"))


def _prepare() -> Any:
    from domain.linkage.exchange.withdrawing import Withdrawing
    from domain.linkage.exchange.work import Terms
    from integrations.atena_adapters.port import Operator
    from integrations.atena_adapters.registry import build, preset
    from tests.integrations.atena_adapters.support import TOKEN, Keeper

    adapter = build(preset("nara"), keep=Keeper(), secrets={"token": SecretStr(TOKEN)})
    with transaction.atomic():
        return Withdrawing(YEAR, "事務").prepare(Terms(1, adapter.capabilities(), Operator(), 100))


def test_no_copy_is_added_for_whom_a_withdrawal_is_being_prepared(
    leaving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage.models import CopyLine, PersonLine
    from domain.linkage.providing.planning import plan_copies

    planned = threading.Event()

    def planning() -> Any:
        found = plan_copies()
        planned.set()
        return found

    monkeypatch.setattr("domain.linkage.providing.approving.plan_copies", planning)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert _prepare() is not None
            proposed = meanwhile(pool, leaving, _propose)
            assert planned.wait(PATIENCE), "the plan was made while the 廃止 was not there to see"
        assert proposed.result(PATIENCE) is None
    assert (PersonLine.objects.filter(kind="withdraw").count(), CopyLine.objects.count()) == (1, 0)


def test_no_withdrawal_is_prepared_while_a_copy_is_being_added(leaving: Any) -> None:
    from domain.linkage.models import CopyLine, PersonLine

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert _propose() is not None
        assert meanwhile(pool, leaving, _prepare).result(PATIENCE) is None
    assert _prepare() is None, "the copy is under way: it is deleted first"
    assert (PersonLine.objects.count(), CopyLine.objects.count()) == (0, 1)
