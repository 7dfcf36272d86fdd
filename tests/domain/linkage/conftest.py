"""A prefecture with a link in force to a real simulator process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from integrations.atena_adapters.config import AdapterConfig, FolderTransport
from integrations.atena_adapters.registry import preset
from tests.domain.linkage.browsing import browser_of
from tests.domain.linkage.world import YEAR, World, approve_all
from tests.integrations.atena_adapters.support import TOKEN, make_seed, simulator

OPERATOR = {"staff_number": "S0001", "organisation_number": "K0001", "approval_number": "R7-0001"}


@pytest.fixture(autouse=True)
def keys_of_this_test() -> Iterator[None]:
    """A key made in a test that was rolled back must not be remembered."""
    from tenants.core.keys import forget_kept_keys

    forget_kept_keys()
    yield
    forget_kept_keys()


@pytest.fixture
def handler(in_a: Any) -> Client:
    """A 個人番号取扱者 of the whole prefecture, logged in."""
    return browser_of("handler", "NUMBER_HANDLER")


@pytest.fixture
def approver(in_a: Any) -> Client:
    return browser_of("approver", "APPROVER")


@pytest.fixture
def world(in_a: Any) -> World:
    return World()


@dataclass
class Link:
    """The prefecture's link, and running its jobs as a worker does."""

    config: AdapterConfig

    @property
    def folder(self) -> Path:
        assert isinstance(self.config.transport, FolderTransport)
        return Path(self.config.transport.folder)

    def register(self) -> Any:
        from domain.linkage import services

        services.plan_registrations()
        return work(services.start_registration(OPERATOR))

    def change(self) -> Any:
        from domain.linkage import services

        return work(services.start_change(OPERATOR))

    def check(self) -> Any:
        from domain.linkage import services

        return work(services.start_check(OPERATOR))

    def inquire(self) -> Any:
        from domain.linkage import services

        return work(services.start_inquiry(YEAR, OPERATOR))

    def whole(self) -> None:
        """Register, plan and inquire; both must end well."""

        job = self.register()
        assert job.state == "succeeded", job.error
        approve_all()
        job = self.inquire()
        assert job.state == "succeeded", job.error


def work(job: Any) -> Any:
    """Do a job now, waiting for nothing."""
    from django.db.models.functions import Now

    from jobs.models import Job
    from jobs.running import run_job

    Job.objects.filter(pk=job.pk).update(ready_at=Now())
    run_job(job.pk)
    job.refresh_from_db()
    return job


@pytest.fixture
def start(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Callable[..., Link]]:
    """Gives everybody their number, starts the simulator with the world's people and puts the link in force."""
    monkeypatch.setattr("domain.linkage.exchange.running.PATIENCE_SECONDS", 3.0)
    settings.EXCHANGE_ROOT = tmp_path
    with ExitStack() as stack:
        yield lambda name="nara", *options, **workflow: _start(stack, world, tmp_path, name, options, workflow)


def _start(
    stack: ExitStack, world: World, tmp_path: Path, name: str, options: tuple[str, ...], workflow: dict[str, Any]
) -> Link:
    from domain.linkage import services
    from tenants.core.context import current_prefecture
    from tests.domain.linkage.numbers import give_numbers

    give_numbers(world.numbers)
    values = preset(name).model_dump()
    values["workflow"] |= {"poll_seconds": 0.05} | workflow
    if "pause_seconds" in values["transport"]:
        values["transport"]["pause_seconds"] = 0.01
    config = AdapterConfig.model_validate(values)
    prefecture = current_prefecture()
    assert prefecture is not None
    place = tmp_path / prefecture.code  # the only place where this prefecture may exchange files
    place.mkdir(exist_ok=True)
    running = stack.enter_context(simulator(config, make_seed(tmp_path, world.people), place, *options))
    services.put_in_force(running.config.model_dump(mode="json"), {"token": TOKEN})
    return Link(running.config)
