"""The search for cycles: put off inside and as before afterwards, and nothing that a worker began with is searched."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from celery.signals import worker_init

from config.celery import set_aside_what_stays
from jobs.memory import no_collecting


def test_it_goes_on_afterwards_also_after_an_error() -> None:
    assert gc.isenabled()
    with no_collecting():
        assert not gc.isenabled()
        with no_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), no_collecting():
        raise ValueError("x")
    assert gc.isenabled()


@pytest.fixture
def collector() -> Iterator[None]:
    was = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*was)


def test_a_worker_sets_aside_what_it_began_with(collector: None) -> None:
    began_with = [object() for _ in range(3)]
    assert set_aside_what_stays in [receiver() for _, receiver in worker_init.receivers]
    set_aside_what_stays()
    searched = {id(each) for each in gc.get_objects()}
    assert id(began_with) not in searched
    assert gc.get_threshold()[0] >= 10_000
    assert gc.isenabled()


def test_garbage_made_later_is_still_found(collector: None) -> None:
    set_aside_what_stays()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1
