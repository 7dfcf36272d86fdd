"""The search for cycles is put off inside, and is as before afterwards, whatever happens."""

from __future__ import annotations

import gc

import pytest

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
