"""Learnt arrays as bytes: 1.7 kB a person, read without any parsing."""

from __future__ import annotations

import numpy as np

from audit.detection.hours.circle import Floats, Ints
from audit.detection.hours.days import CELLS
from audit.detection.hours.model import PersonHours

MOST_CALIBRATION = 20_000
"""Longer calibrations are thinned evenly by rank."""

PACKED_HOURS = 3 * CELLS * 4
"""Bytes of one person."""

_FLOAT, _COUNT = np.dtype("<f4"), np.dtype("<u4")


def pack_hours(hours: PersonHours) -> bytes:
    """Own and shared p-values, sessions begun in each cell."""
    tables = np.stack([hours.own, hours.shared])
    return tables.astype(_FLOAT).tobytes() + pack_counts(hours.seen)


def unpack_hours(data: bytes, sessions: int, everybody: Ints, own_basis: int, shared_basis: int) -> PersonHours:
    size = 2 * CELLS * _FLOAT.itemsize
    own, shared = np.frombuffer(data[:size], _FLOAT).astype(np.float64).reshape(2, CELLS)
    seen = unpack_counts(data[size:])
    return PersonHours(own, shared, seen, sessions, everybody, own_basis, shared_basis)


def pack_counts(counts: Ints) -> bytes:
    return counts.astype(_COUNT).tobytes()


def unpack_counts(data: bytes) -> Ints:
    return np.frombuffer(data, _COUNT).astype(np.int64)


def pack_calibrations(terminal: Floats, together: Floats) -> bytes:
    """Two sorted arrays of one length."""
    return np.stack([thinned(np.sort(terminal)), thinned(np.sort(together))]).astype(_FLOAT).tobytes()


def unpack_calibrations(data: bytes) -> tuple[Floats, Floats]:
    both = np.frombuffer(data, _FLOAT).astype(np.float64).reshape(2, -1)
    return both[0], both[1]


def thinned(ordered: Floats) -> Floats:
    """At most MOST_CALIBRATION values with the same shares above each: evenly spaced by rank."""
    if len(ordered) <= MOST_CALIBRATION:
        return ordered
    places = np.linspace(0, len(ordered) - 1, MOST_CALIBRATION).round().astype(np.int64)
    return np.asarray(ordered[places])
