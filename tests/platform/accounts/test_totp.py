"""The TOTP device: standard codes, once each, from a sealed seed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

RFC_SEED = b"12345678901234567890"
# RFC 6238, appendix B (SHA-1), cut to six digits.
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]


@pytest.fixture
def device(clerk: Any) -> Any:
    from accounts.models import TotpDevice

    device = TotpDevice.objects.get(user=clerk)
    device.seal_seed(RFC_SEED)
    device.last_t = -1
    device.save()
    return device


def slow_code(device: Any, steps: int) -> str:
    """What a token shows whose clock is so many steps behind."""
    totp = device._totp()
    totp.drift = -steps
    return f"{totp.token():06d}"


def at(clock: Any, second: int) -> None:
    clock.now = datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(("second", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(clock: Any, device: Any, second: int, code: str) -> None:
    at(clock, second)
    assert device.verify_token(code)


def test_a_code_works_once(clock: Any, device: Any) -> None:
    at(clock, 1111111111)
    assert device.verify_token("050471")
    assert not device.verify_token("050471")
    assert device.refusal_of("050471") == "replayed"


def test_an_older_code_does_not_work_after_a_newer_one(clock: Any, device: Any) -> None:
    at(clock, 1111111111)
    assert device.verify_token("050471")
    assert not device.verify_token("081804")


@pytest.mark.parametrize(("tolerance", "accepted"), [(0, False), (1, True)])
def test_tolerance_is_a_setting(clock: Any, device: Any, settings: Any, tolerance: int, accepted: bool) -> None:
    settings.OTP_TOLERANCE_STEPS = tolerance
    at(clock, 1111111111)
    assert device.verify_token("081804") is accepted


def test_a_late_clock_is_followed_but_only_two_steps(clock: Any, device: Any) -> None:
    for late, drift in ((1, -1), (2, -2), (3, -2)):
        at(clock, 1111111111 + 1000 * late)
        assert device.verify_token(slow_code(device, late))
        assert device.drift == drift
    at(clock, 1111121111)
    assert not device.verify_token(slow_code(device, 4))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "-12345", "+12345", "１２３４５６", " 50471"])
def test_what_is_not_six_digits_is_wrong(clock: Any, device: Any, typed: str) -> None:
    at(clock, 1111111111)
    assert not device.verify_token(typed)


def test_wrong_tokens_double_the_wait_up_to_a_limit(clock: Any, device: Any) -> None:
    waits = []
    for _ in range(14):
        assert not device.verify_token("000000")
        until = device.verify_is_allowed()[1]["locked_until"]
        waits.append(int((until - clock.now).total_seconds()))
        assert not device.verify_token("000000"), "not even compared while waiting"
        clock.now = until
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512, 512, 512]


def test_nothing_in_the_row_is_the_seed(clock: Any, device: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(d)::text FROM accounts_totpdevice d WHERE id = %s", [device.pk])
        row = cursor.fetchone()[0]
    assert RFC_SEED.decode() not in row
    assert RFC_SEED.hex() not in row
    assert RFC_SEED.hex() not in repr(device) + str(device)
    assert device.seed() == RFC_SEED


def test_a_seed_does_not_open_in_another_row(clock: Any, device: Any, handler: Any) -> None:
    from accounts.models import TotpDevice
    from tenants.core.keys import SealBroken

    other = TotpDevice.objects.get(user=handler)
    other.sealed_seed = device.sealed_seed
    with pytest.raises(SealBroken):
        other.seed()


def test_an_unused_code_is_promised_honestly(clock: Any, device: Any) -> None:
    at(clock, 1111111111)
    for _ in range(3):
        code, wait = device.unused_code()
        clock.advance(seconds=wait)
        assert device.verify_token(code)


# --- a clock that is followed though no code but the current one counts ------------------------------------------------


@pytest.mark.parametrize("late", [-2, -1, 1, 2])
def test_two_codes_in_a_row_show_the_tokens_clock(clock: Any, device: Any, settings: Any, late: int) -> None:
    """Each alone is wrong: a code is good for its own 30 seconds (ASVS 6.5.5)."""
    settings.OTP_TOLERANCE_STEPS = 0
    at(clock, 1111111111)
    assert not device.verify_token(slow_code(device, late))
    clock.advance(seconds=30)
    assert device.verify_token(slow_code(device, late))
    assert device.drift == -late
    clock.advance(seconds=30)
    assert device.verify_token(slow_code(device, late)), "from now on it is the current one"
    assert device.accepted_codes == 1


@pytest.mark.parametrize(
    ("second_late", "seconds"),
    [(1, 0), (2, 30), (-1, 30), (1, 330), (3, 30)],
    ids=["the same code again", "another drift", "the other way", "too long after", "too far"],
)
def test_nothing_else_moves_the_clock(clock: Any, device: Any, settings: Any, second_late: int, seconds: int) -> None:
    settings.OTP_TOLERANCE_STEPS = 0
    at(clock, 1111111111)
    assert not device.verify_token(slow_code(device, 1))
    assert device.accepted_codes == 2, "while it waits, a guess has one code more to hit"
    clock.advance(seconds=max(seconds, 2))
    assert not device.verify_token(slow_code(device, second_late))
    assert device.drift == 0
