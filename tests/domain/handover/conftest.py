"""A prefecture whose link is carried: by a medium, or keyed at a terminal. The other side is the simulator's clerk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from integrations.atena_adapters.registry import preset
from tests.domain.linkage.world import World, child, father, mother
from tests.integrations.atena_adapters.simulator.carrier import Carrier
from tests.integrations.atena_adapters.simulator.played import SECRET, changed
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

AREA = "/handover/sheets/"


@pytest.fixture(autouse=True)
def keys_of_this_test() -> Iterator[None]:
    """A key made in a test that was rolled back must not be remembered."""
    from tenants.core.keys import forget_kept_keys

    forget_kept_keys()
    yield
    forget_kept_keys()


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    """The exchange with the 統合宛名 of this test."""
    settings.EXCHANGE_ROOT = tmp_path / "exchange"


@pytest.fixture
def world(in_a: Any) -> World:
    """A household of three, of whom all have numbers."""
    world = World()
    world.household(father(), mother(), child())
    return world


@dataclass
class Carried:
    """The link in force, its place, and the clerk at its other end."""

    place: Path
    clerk: Carrier

    def register(self) -> Any:
        """Run the registration job as a worker does; on a medium it seals and ends."""
        from domain.linkage import services

        services.plan_registrations()
        return self.run(services.start_registration({"approval_number": "R7-0001"}))

    def run(self, job: Any) -> Any:
        from tests.domain.linkage.conftest import work

        done = work(job)
        assert done.state == "succeeded", done.error
        return done


@pytest.fixture
def in_force(world: World, tmp_path: Path) -> Callable[[str], Carried]:
    """Put the medium or the terminal in force."""

    def start(name: str) -> Carried:
        from django.conf import settings

        from domain.linkage.services import put_in_force
        from tenants.core.context import require_prefecture
        from tests.domain.linkage.numbers import give_numbers

        give_numbers(world.numbers)
        place = settings.EXCHANGE_ROOT / require_prefecture().code / name
        place.mkdir(parents=True)
        config = changed(preset(name), folder=str(place))
        put_in_force(config.model_dump(mode="json"), {name: SECRET})
        return Carried(place, Carrier(config, tmp_path / "other side", SECRET, world.people))

    return start


@pytest.fixture
def people(in_a: Any) -> list[Any]:
    """担当者, 立会人 and somebody else, each a 個人番号取扱者."""
    from accounts.roles import Role

    return [make_person(name, Role.NUMBER_HANDLER) for name in ("tanaka", "tachiai", "betsu")]


def browser(user: Any) -> Client:
    """Logged in a moment ago, so a step-up is fresh."""
    client: Client = client_of("kou.localhost")
    sign_in(client, user)
    return client


@pytest.fixture
def browsers(people: list[Any]) -> list[Client]:
    return [browser(user) for user in people]


def text(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    shown: str = response.content.decode()
    return shown


@pytest.fixture
def keyed(in_force: Any) -> Carried:
    """Three people's registrations lie on a sheet."""
    link: Carried = in_force("terminal")
    link.register()
    return link


@pytest.fixture
def url(keyed: Carried) -> str:
    from domain.linkage.models import Batch

    return f"{AREA}registration_{Batch.objects.get().pk}/"
