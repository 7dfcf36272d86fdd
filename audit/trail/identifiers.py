"""Event ids: UUID version 7 (RFC 9562), made by the application so that moving an event twice cannot double it."""

import secrets
import time
from uuid import UUID

_NANOSECONDS_A_MILLISECOND = 1_000_000


def uuid7() -> UUID:
    """A time-ordered UUID: 48 bits of milliseconds, 12 bits of the fraction of the millisecond, 62 random bits."""
    milliseconds, rest = divmod(time.time_ns(), _NANOSECONDS_A_MILLISECOND)
    fraction = rest * 4096 // _NANOSECONDS_A_MILLISECOND
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))
