"""What a rule (規則) of the watch is, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from audit.trail.entries import JSON


class ActKind(StrEnum):
    """What rules are asked about."""

    LOGIN = "login"
    REVEAL = "reveal"
    DISOWNED = "disowned"
    FACTOR_CHANGE = "factor_change"
    ROLE_GIVEN = "role_given"
    NUMBER_IN_FILE = "number_in_file"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    ActKind.LOGIN: "ログイン",
    ActKind.REVEAL: "個人番号の表示",
    ActKind.DISOWNED: "本人でないとの申出",
    ActKind.FACTOR_CHANGE: "認証器の変更",
    ActKind.ROLE_GIVEN: "役割の付与",
    ActKind.NUMBER_IN_FILE: "番号の入ったファイルの提出",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person (職員ID). `reference` tells acts of a kind apart: a session id, usually.

    `what`: which factor change, role or kind of file it is about; `by`: who did it to the person, where that is somebody else;
    `is_approved`: a second person approved it before.
    """

    kind: ActKind
    at: datetime
    username: str
    session: str
    reference: str
    what: str = ""
    by: str = ""
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class AllowedWords:
    """定型の理由: a reason in these words counts for nothing from one moment until just before another."""

    words: str
    starts_at: datetime
    ends_at: datetime


class Outcome(StrEnum):
    """`REPORTED`: seen, and explained by what the office itself decided: counted among the signals and in the month's review
    (報告のみ), no alert."""

    FIRED = "fired"
    REPORTED = "reported"
    SILENT = "silent"
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True)
class Result:
    """A rule's answer. `sentence`: what was seen and compared with what, or why it could not be judged."""

    outcome: Outcome
    sentence: str = ""
    detail: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Described:
    """What every rule says of itself. All texts are shown to people and stand in docs/detection.md.

    `number`: of the list of signals; `needs`: the data it looks at; `threshold`: from when it fires; `control`: what keeps
    false alarms away; `certainty`: how sure a fired result is; `example`: a sentence it says. `standard` and `unit`: the
    threshold a prefecture may change, None where there is none. `fires_below`: the rule fires at or below its threshold (a
    p-value) or within it (a span of time), so that a smaller one lets more pass. `is_report`: seen and counted, but never
    an alert. `has_words`: a prefecture may allow words as a reason (定型の理由), by a dated exception for them alone.
    """

    id: str
    number: str = ""
    title: str
    needs: str
    threshold: str
    control: str
    certainty: str
    example: str
    standard: float | None = None
    unit: str = ""
    fires_below: bool = False
    is_report: bool = False
    has_words: bool = False

    def loosens(self, before: float, after: float) -> bool:
        """Whether the rule would see less with the threshold `after` than with `before`."""
        return after < before if self.fires_below else after > before

    @property
    def looks_at(self) -> str:
        return "操作の記録（一日分、30秒ごと）"


@dataclass(frozen=True, kw_only=True)
class Rule(Described):
    """A rule asked in the transaction of an act. `evaluate` may read the database."""

    watches: tuple[ActKind, ...]
    evaluate: Callable[[Act], Result]

    @property
    def looks_at(self) -> str:
        return "、".join(kind.label for kind in self.watches)

    def key(self, act: Act) -> str:
        """The same act never raises a second alert of this rule."""
        return f"{self.id}:{act.kind}:{act.reference}"
