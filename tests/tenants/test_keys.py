"""Sealing: opens only where, for what and for whom it was sealed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tenants.core import keys
from tenants.core.context import console_context, prefecture_context
from tenants.keyring.models import SCOPE_KEY, WrappedKey


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(min_value=0))
def test_round_trip_and_any_altered_byte_is_noticed(in_a: Any, plaintext: bytes, where: int) -> None:
    sealed = keys.seal("test", plaintext, "row:1")
    assert keys.unseal("test", sealed, "row:1") == plaintext
    altered = bytearray(sealed)
    altered[where % len(altered)] ^= 1
    with pytest.raises((keys.SealBroken, keys.KeyMissing)):
        keys.unseal("test", bytes(altered), "row:1")


def test_bound_to_row_purpose_and_prefecture(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        sealed = keys.seal("test", b"secret", "row:1")
        keys.seal("other", b"x", "row:1")
        with pytest.raises(keys.SealBroken):
            keys.unseal("test", sealed, "row:2")
        with pytest.raises(keys.SealBroken):
            keys.unseal("other", sealed, "row:1")
    with prefecture_context(prefecture_b):
        keys.seal("test", b"x", "row:1")
        with pytest.raises(keys.SealBroken):
            keys.unseal("test", sealed, "row:1")
    with console_context(), pytest.raises((keys.SealBroken, keys.KeyMissing)):
        keys.unseal("test", sealed, "row:1")


def test_blind_index_is_stable_inside_and_different_outside(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        first, again = keys.blind_index("test", "value"), keys.blind_index("test", "value")
        assert first == again
        assert first != keys.blind_index("test", "value2")
    with prefecture_context(prefecture_b):
        assert keys.blind_index("test", "value") != first


def test_signatures_belong_to_their_scope(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        signature = keys.sign("jobs", b"job")
        assert keys.verify("jobs", b"job", signature)
        assert not keys.verify("jobs", b"another job", signature)
    with prefecture_context(prefecture_b):
        assert not keys.verify("jobs", b"job", signature)


def test_without_the_master_key_nothing_opens(in_a: Any, settings: Any) -> None:
    sealed = keys.seal("test", b"secret", "row:1")
    keys.forget_kept_keys()
    settings.MASTER_KEY = "development-only:another"
    with pytest.raises(keys.SealBroken):
        keys._scope_key(in_a.schema_name)
    assert b"secret" not in sealed


def test_a_prefecture_cannot_destroy_its_keys_by_itself(in_a: Any) -> None:
    keys.seal("test", b"secret", "row:1")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        WrappedKey.objects.filter(purpose=SCOPE_KEY).delete()


def test_clear_keys_are_not_in_the_table(in_a: Any) -> None:
    sealed = keys.seal("test", b"secret", "row:1")
    stored = b"".join(bytes(row.wrapped) for row in WrappedKey.objects.all())
    material = keys._data_key("test").material
    assert material not in stored
    assert material not in sealed


def _seal_and_fail() -> None:
    with transaction.atomic():
        keys.seal("fresh-purpose", b"x", "row:1")
        raise LookupError


def test_a_key_made_in_a_transaction_that_is_rolled_back_is_forgotten_with_it(in_a: Any) -> None:
    with pytest.raises(LookupError):
        _seal_and_fail()
    assert not any(purpose == "fresh-purpose" for _, purpose, _ in keys._kept)
