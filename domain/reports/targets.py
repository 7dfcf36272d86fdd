"""What a print is about, and what a form does with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.payments.models import PaymentRound
from domain.reports.models import OutputFile


@dataclass(frozen=True, slots=True)
class Target:
    """One school's documents of a year; of a 支給回, a 調書 or one pupil's payment (their ids) where the form is about one, of
    `only` these where given.
    """

    fiscal_year: int
    school: School
    round: PaymentRound | None = None
    statement: int | None = None
    only: tuple[int, ...] | None = None
    payment: int | None = None

    @property
    def about(self) -> str:
        """What of the school the documents are about: part of the key under which files of one thing are found."""
        if self.statement is not None:
            return f"statement{self.statement}"
        if self.payment is not None:
            return f"payment{self.payment}"
        if self.only is not None:
            some = hashlib.sha256(repr(sorted(self.only)).encode()).hexdigest()[:16]
            return f"{self.fiscal_year}:only{some}"
        return f"round{self.round.pk}" if self.round else str(self.fiscal_year)

    @property
    def the_round(self) -> PaymentRound:
        if self.round is None:
            raise TypeError("this form is printed for a round")
        return self.round


@dataclass(slots=True)
class Gathered:
    """Documents ready for a form, whom they are about (for the trail), and whether a sample pack made any of them."""

    documents: list[Mapping[str, Any]] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of print. `select` gives the rows of the documents in the order in which they are handed out;
    `versions` what the documents are made from, for the fingerprint; `after` follows in the transaction of the file.
    """

    kind: OutputFile.Kind
    template: str
    event: Event
    select: Callable[[Target], list[int]]
    versions: Callable[[Target], list[tuple[Any, ...]]]
    gather: Callable[[Target, Sequence[int]], Gathered]
    after: Callable[[Sequence[int]], object] | None = None
    per_file: int = 100
