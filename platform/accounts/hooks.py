"""Where higher rooms listen: log-ins, revealed numbers, "this was not me", changed factors, and powerful roles given.

A higher room registers in its `AppConfig.ready()`. Callbacks run in the transaction of the act they are told about, in the
order of registration; one that raises undoes the act.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Happening = TypeVar("Happening")


@dataclass(frozen=True, slots=True)
class LoginSeen:
    """A completed log-in (password and one-time password)."""

    user_id: int
    session_id: uuid.UUID
    at: datetime
    terminal: str
    terminal_is_new: bool
    roles: tuple[str, ...]
    method: str
    """"totp", "backup", "webauthn", or "vendor" (運用事業者の立入り)."""


@dataclass(frozen=True, slots=True)
class RevealSeen:
    """A number was shown (the vault announces it). Never the number."""

    user_id: int
    session_id: str
    at: datetime
    subject: str
    duty: str
    case: str


@dataclass(frozen=True, slots=True)
class NotMeReported:
    """A person says of an earlier session of their account: これは私ではない."""

    user_id: int
    session_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FactorChanged:
    """A second factor of an account was replaced, added or switched off, or a backup code was used in its place.

    `is_approved`: by the code that one person asked for and another approved.
    """

    user_id: int
    at: datetime
    what: str
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """A role was given to a person. `by`: the 職員ID's number of the person who gave it, empty for a command or the system;
    `is_approved`: another person had asked for it."""

    user_id: int
    assignment_id: int
    at: datetime
    role: str
    by: str
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class NumberInFile:
    """A file that must not hold individual numbers held one and was refused. `what`: the Japanese name of the file's kind."""

    user_id: int
    at: datetime
    reference: str
    what: str


class Hook(Generic[Happening]):
    def __init__(self) -> None:
        self._callbacks: list[Callable[[Happening], None]] = []

    def __call__(self, callback: Callable[[Happening], None]) -> Callable[[Happening], None]:
        """Register; registering the same callback again changes nothing. Usable as a decorator."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)
        return callback

    def remove(self, callback: Callable[[Happening], None]) -> None:
        self._callbacks.remove(callback)

    def announce(self, happening: Happening) -> None:
        for callback in self._callbacks:
            callback(happening)


on_login: Hook[LoginSeen] = Hook()
on_reveal: Hook[RevealSeen] = Hook()
on_not_me: Hook[NotMeReported] = Hook()
on_factor_change: Hook[FactorChanged] = Hook()
on_role_given: Hook[RoleGiven] = Hook()
on_number_in_file: Hook[NumberInFile] = Hook()
