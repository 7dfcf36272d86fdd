"""What the caller stores between submitting and collecting."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.outcomes import Outcome, Pending, is_open
from integrations.atena_adapters.requests import InquiryKind, RequestKind


class _Everything:
    """What it is asked about was read."""

    def __contains__(self, digest: object) -> bool:
        return True


EVERYTHING: Container[str] = _Everything()
"""For `finish`: of an exchange about nobody (接続試験), or in a place of our own that nobody will look into any more."""


class ProblemCode(StrEnum):
    """What can be wrong with a delivery although single lines may be fine."""

    RECEIPT_MISSING = "receipt_missing"
    RECEIPT_MISMATCH = "receipt_mismatch"
    UNREADABLE = "unreadable"
    DOUBLED = "doubled"
    CONFLICT = "conflict"
    STRANGER = "stranger"
    GAIJI = "gaiji"
    BOM = "bom"
    NEWLINES = "newlines"
    LATE = "late"
    """For callers: an answer to what nobody waits for any more."""
    GIVEN_UP = "given_up"
    """For callers: the place of exchange is looked at no longer, although it may hold something."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding for people to read; never holds a number or a name. Line (from 1; 0: the file as a whole) and byte offset."""

    code: ProblemCode
    message: str
    line: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Substitution(Masked):
    """A character that was sent as 〓.  The original stays with the caller."""

    line_id: str = dataclasses.field(metadata=HIDDEN)
    field: str
    code_point: str


@dataclass(frozen=True, slots=True, repr=False)
class AskedLine(Masked):
    """One line as it was sent, to tell an answer from a stranger's."""

    line_id: str = field(metadata=HIDDEN)
    atena_number: str = field(metadata=HIDDEN)
    kind: InquiryKind | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SubmissionReceipt(Masked):
    """Proof that a batch went out, and all that `collect` needs.

    `to_json` holds addressee numbers (業務宛名番号): store it where those may live.  `rejected` gives the reason for
    each line that was not sent (外字) or not taken.  `answer` is only there when the other side answers within the call
    and is not part of `to_json`; resubmitting the same batch brings it again.
    """

    kind: RequestKind
    batch_id: str
    sequence: int
    made_at: datetime
    submitted_at: datetime
    sha256: str
    lines: tuple[AskedLine, ...] = field(metadata=HIDDEN)
    rejected: Mapping[str, str] = field(metadata=HIDDEN, default_factory=dict)
    substitutions: tuple[Substitution, ...] = field(metadata=HIDDEN, default=())
    acknowledged: bool = False
    answer: Collection | None = field(metadata=HIDDEN, default=None)

    def to_json(self) -> dict[str, Any]:
        """A JSON value that `from_json` reads back, without an in-call answer."""
        return {
            "kind": self.kind.value,
            "batch_id": self.batch_id,
            "sequence": self.sequence,
            "made_at": self.made_at.isoformat(),
            "submitted_at": self.submitted_at.isoformat(),
            "sha256": self.sha256,
            "lines": [[line.line_id, line.atena_number, line.kind and line.kind.value] for line in self.lines],
            "rejected": dict(self.rejected),
            "substitutions": [[s.line_id, s.field, s.code_point] for s in self.substitutions],
            "acknowledged": self.acknowledged,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The receipt that `to_json` wrote."""
        return cls(
            kind=RequestKind(value["kind"]),
            batch_id=value["batch_id"],
            sequence=value["sequence"],
            made_at=datetime.fromisoformat(value["made_at"]),
            submitted_at=datetime.fromisoformat(value["submitted_at"]),
            sha256=value["sha256"],
            lines=tuple(AskedLine(i, a, InquiryKind(k) if k else None) for i, a, k in value["lines"]),
            rejected=dict(value["rejected"]),
            substitutions=tuple(Substitution(*entry) for entry in value["substitutions"]),
            acknowledged=value["acknowledged"],
        )


@dataclass(frozen=True, slots=True, repr=False)
class Collection(Masked):
    """What is known of a batch now: one outcome for every line asked, in the order asked.

    `read`: the SHA-256 of every receipt and answer that this look read and kept, for `finish`; stored nowhere.
    """

    batch_id: str
    outcomes: Mapping[str, Outcome] = field(metadata=HIDDEN)
    problems: tuple[Problem, ...] = field(default=())
    read: frozenset[str] = field(metadata=HIDDEN, default=frozenset(), compare=False)

    @property
    def complete(self) -> bool:
        """No line is waiting any more (held lines may still change, see `settled`)."""
        return not any(isinstance(outcome, Pending) for outcome in self.outcomes.values())

    @property
    def settled(self) -> bool:
        """Nothing can change by collecting again."""
        return not any(is_open(outcome) for outcome in self.outcomes.values())
