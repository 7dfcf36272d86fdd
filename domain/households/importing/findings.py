"""What the comparison of a roster with the registered households finds, beside what the reader found in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.households.models import RosterImport, RosterProblem
from domain.households.roster.workbook.problems import CellProblem

Severity = RosterProblem.Severity

SAME_PERSON_TWICE = "import.same-person-twice"
HOUSEHOLD_INCOMPLETE = "import.household-incomplete"
"""Parked only because of another row of its household: nobody has to settle it by itself."""
HOUSEHOLD_DIFFERS = "import.household-differs"
HOUSEHOLD_GUARDED = "import.household-guarded"
"""Another wording of HOUSEHOLD_DIFFERS: of a household under 支援措置 it is not said whether anything differs."""
PERSON_REPLACED = "import.person-replaced"
KNOWN_UNDER_OTHER_KEY = "import.known-under-other-key"
ABOUT_REGISTERED = (HOUSEHOLD_DIFFERS, PERSON_REPLACED, KNOWN_UNDER_OTHER_KEY)
"""How a registered household is not as the roster has it. One question, however many rows show it: how many do would tell as well."""
OTHER_MEMBER = "import.pupil-other-member"
NUMBER_CHANGED = "import.student-number-changed"
ATTENDANCE_ASSUMED = "import.attendance-assumed"
MEMBER_ABSENT = "import.member-absent"
PUPIL_ABSENT = "import.pupil-absent"

DISTINCT, ADOPT, KEEP, DONE = "distinct", "adopt", "keep", "done"

SETTLEMENTS: dict[str, tuple[str, ...]] = {SAME_PERSON_TWICE: (DISTINCT,), HOUSEHOLD_DIFFERS: (ADOPT, KEEP)}
"""How a parked row may be settled, by its code; every other one, a wrong one too, is put right in a later roster, or
somebody says that it is not to be taken (`done`), for instance because it is no pupil of the school."""

SETTLEMENT_LABELS = {
    DISTINCT: "別人と確定する",
    ADOPT: "この名簿の値に改める",
    KEEP: "登録値のままにする",
    DONE: "取り込まないと確定する",
}

_MESSAGES = {
    HOUSEHOLD_DIFFERS: "登録されている値と違います（登録したのは{by}の名簿）。どちらが正しいか確かめて、下から選ぶか名簿を直してください。",
    HOUSEHOLD_GUARDED: (
        "ほかの学校の名簿で登録された支援措置の世帯です（{by}）。登録されている値と違うかどうかは表示しません。"
        "この名簿の世帯でよいかを確かめて、下から選んでください。"
    ),
    PERSON_REPLACED: (
        "氏名と生年月日の両方が、この構成員番号で登録されている人と違います。別の人なら新しい構成員番号を付けてください。"
    ),
    KNOWN_UNDER_OTHER_KEY: (
        "同じ氏名・生年月日の人が、同じ世帯に別の構成員番号で登録されています。登録されている番号にそろえてください。"
    ),
    OTHER_MEMBER: "この学籍番号は別の人に付いています。学籍番号か構成員番号を確かめてください。",
    NUMBER_CHANGED: "この人は同じ転入学日で別の学籍番号で登録されています。学籍番号を確かめてください。",
    ATTENDANCE_ASSUMED: (
        "転出前の就学状況が書かれていないため「通学生」として取り込みました。違うときは、就学状況を転出前のものに、"
        "転出日はそのままにして取り込み直してください。"
    ),
    MEMBER_ABSENT: "登録されている構成員がこの名簿にありません。登録は残しています。世帯の異動なら教育委員会へ届け出てください。",
    PUPIL_ABSENT: (
        "登録されている在籍者がこの名簿にありません。登録は残しています。転出なら就学状況を「転出済」にして載せてください。"
    ),
}
_SEVERITIES = {ATTENDANCE_ASSUMED: Severity.NOTICE, MEMBER_ABSENT: Severity.NOTICE, PUPIL_ABSENT: Severity.NOTICE}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the comparison. Values may be personal: they are left out of repr."""

    code: str
    sheet: str
    row: int
    column: str = ""
    household_number: str = ""
    seen: str = field(default="", repr=False)
    registered: str = field(default="", repr=False)
    words: dict[str, str] = field(default_factory=dict, repr=False)
    wording: str = ""

    def as_row(self, roster: RosterImport) -> RosterProblem:
        return _row(
            roster,
            sheet=self.sheet,
            row=self.row or None,
            column=self.column,
            severity=_SEVERITIES.get(self.code, Severity.PARKED),
            code=self.code,
            message=_MESSAGES[self.wording or self.code].format(**self.words),
            seen=self.seen,
            registered=self.registered,
            household_number=self.household_number,
        )


def rows_of_reader(
    roster: RosterImport, problems: Iterable[CellProblem], household_of: Callable[[CellProblem], str]
) -> list[RosterProblem]:
    """The reader's findings as rows; `household_of` names the household of a finding, "" where it is not known."""
    return [
        _row(
            roster,
            sheet=problem.sheet,
            row=problem.row or None,
            column=problem.where,
            severity=problem.severity.value,
            code=problem.code.value,
            message=problem.message,
            seen=problem.seen,
            household_number=household_of(problem),
        )
        for problem in problems
    ]


def _row(roster: RosterImport, **values: Any) -> RosterProblem:
    limits = {"sheet": 30, "column": 40, "message": 400, "seen": 240, "registered": 240, "household_number": 20}
    return RosterProblem(roster=roster, **{k: v[: limits[k]] if k in limits else v for k, v in values.items()})
