"""Sealing: opens only where, for what and for whom it was sealed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tenants.core import keys
from tenants.core.context import console_context, prefecture_context
from tenants.core.db.base import current
from tenants.keyring.models import SCOPE_KEY, WrappedKey
from tests.support.sealed import number_of


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


# --- a key for each purpose and year ----------------------------------------------------------------------------------


def _years(purpose: str) -> list[tuple[int, int]]:
    return list(WrappedKey.objects.filter(purpose=purpose).order_by("number").values_list("number", "year"))


def test_each_fiscal_year_begins_its_own_key_and_earlier_ones_open(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = []
    for day, year in (("2025-03-31", 2024), ("2025-04-01", 2025), ("2026-03-31", 2025), ("2026-04-01", 2026)):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda day=day: datetime.date.fromisoformat(day))
        keys.forget_kept_keys()
        current().kept_in_transaction.clear()
        sealed.append(keys.seal("yearly", day.encode(), "row"))
        assert WrappedKey.objects.get(purpose="yearly", number=number_of(sealed[-1])).year == year
    assert _years("yearly") == [(1, 2024), (2, 2025), (3, 2026)]
    assert [keys.unseal("yearly", value, "row").decode()[:4] for value in sealed] == ["2025", "2025", "2026", "2026"]


def test_keys_that_a_job_renews_and_keys_that_index_or_sign_stay(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def use() -> tuple[int, bytes, str]:
        keys.forget_kept_keys()
        current().kept_in_transaction.clear()
        number = number_of(keys.seal("numbers", b"x", "row"))
        return number, keys.blind_index("yearly-index", "1"), keys.sign("yearly-sign", b"1")

    before = use()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2099, 4, 1))
    assert use() == before


def test_the_index_key_is_none_that_seals(in_a: Any) -> None:
    keys.seal("apart", b"x", "row")
    keys.blind_index("apart", "x")
    assert _years("apart")
    assert _years("index:apart")
    assert keys._data_key("apart").material != keys._data_key("index:apart").material


# --- providers --------------------------------------------------------------------------------------------------------


class OtherProvider:
    """Keeps its key to itself, as a hardware module does: it wraps and unwraps, and that is all."""

    def wrap(self, owner: str, material: bytes) -> bytes:
        return b"module:" + owner.encode() + bytes(byte ^ 0x5A for byte in material)

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in wrapped.removeprefix(b"module:" + owner.encode()))

    def is_current(self, wrapped: bytes) -> bool:
        return True

    def login_secrets(self, login: str) -> list[str]:
        return ["-"]


def test_another_provider_takes_the_master_keys_place(in_a: Any, settings: Any) -> None:
    from tenants.core.providers import provider

    settings.KEY_PROVIDER = f"{OtherProvider.__module__}.{OtherProvider.__name__}"
    holder = provider()
    wrapped = holder.wrap("console", b"k" * 32)
    assert wrapped.startswith(b"module:")
    assert holder.unwrap("console", wrapped) == b"k" * 32


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.binary(min_size=16, max_size=64), st.text(max_size=20), st.integers(min_value=0))
def test_a_wrapped_key_opens_for_its_owner_under_a_known_master_key_alone(
    material: bytes, owner: str, where: int
) -> None:
    from django.test import override_settings

    from tenants.core.providers import SettingsProvider

    with override_settings(MASTER_KEY="one", MASTER_KEYS_ALSO=[]):
        wrapped = SettingsProvider().wrap(owner, material)
        assert SettingsProvider().unwrap(owner, wrapped) == material
        altered = bytearray(wrapped)
        altered[where % len(altered)] ^= 1
        for told, given in ((f"{owner}x", wrapped), (owner, bytes(altered))):
            with pytest.raises(keys.SealBroken):
                SettingsProvider().unwrap(told, given)
    with override_settings(MASTER_KEY="two", MASTER_KEYS_ALSO=["one"]):
        assert SettingsProvider().unwrap(owner, wrapped) == material
        assert not SettingsProvider().is_current(wrapped)
        assert SettingsProvider().is_current(SettingsProvider().wrap(owner, material))
        assert len(set(SettingsProvider().login_secrets("login"))) == 2
    with override_settings(MASTER_KEY="two", MASTER_KEYS_ALSO=[]), pytest.raises(keys.SealBroken):
        SettingsProvider().unwrap(owner, wrapped)


def test_a_cloned_machine_repeats_no_nonce_with_other_content(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The random bits come again, as after a snapshot: AES-GCM must not meet one nonce with two contents (ASVS 11.3.4)."""
    monkeypatch.setattr("tenants.core.providers.os.urandom", lambda count: b"\x07" * count)
    sealed = [keys.seal("test", text, row) for text in (b"one", b"two", b"") for row in ("row:1", "row:2", "row:")]
    nonces = {one[3:15] for one in sealed}
    assert len(nonces) == len(sealed)
    assert keys.unseal("test", sealed[0], "row:1") == b"one"


def test_a_sealed_value_names_its_version_and_key_so_that_another_way_can_follow(in_a: Any) -> None:
    """ASVS 11.2.2, 11.2.3: what is sealed in a way that nobody knows is refused, never guessed at; keys have 256 bits."""
    sealed = keys.seal("test", b"secret", "row:1")
    assert sealed[:1] == keys.VERSION
    assert number_of(sealed) == WrappedKey.objects.filter(purpose="test").latest("number").number
    with pytest.raises(keys.SealBroken):
        keys.unseal("test", bytes([sealed[0] + 1]) + sealed[1:], "row:1")
    row = WrappedKey.objects.filter(purpose="test").latest("number")
    assert len(keys.unwrap_data_key(in_a.schema_name, row)) * 8 == 256
