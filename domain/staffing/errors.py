"""Refusals of this room."""

from __future__ import annotations

from typing import ClassVar


class TransferRefused(Exception):
    """`staffing.refused`: a transfer that cannot be kept, approved or withdrawn; the message says why and what to do."""

    identifier: ClassVar[str] = "staffing.refused"
