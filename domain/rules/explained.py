"""A receipt in words, of whichever kind: what its explanation is made of, and how it is written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.rules.standing import Standing

SAMPLE = "サンプルの定義による計算です。支給には使えません。"
UNCONFIRMED = "未確認の定義を使った計算です。"


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One line: what it is about, its value in words, how it came to be, what it rests on (根拠・出典・確からしさ).

    `paid`: 円 that the line adds to a payment (below 0: takes off); None where it adds nothing and only tells.
    """

    title: str
    value: str
    how: str = ""
    basis: str = ""
    paid: int | None = None

    def to_json(self) -> dict[str, object]:
        """Plain mapping."""
        line: dict[str, object] = {"title": self.title, "value": self.value, "how": self.how, "basis": self.basis}
        return line if self.paid is None else {**line, "paid": self.paid}


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a heading."""

    title: str
    lines: tuple[ExplainedLine, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A receipt in words.  `result` is one sentence; `plain` says the same to a guardian; `notes` must not be overlooked.

    `paid`: of a payment, 円; the `paid` of the lines add up to it.
    """

    title: str
    result: str
    parts: tuple[Part, ...]
    plain: tuple[str, ...]
    notes: tuple[str, ...]
    paid: int | None = None

    def to_json(self) -> dict[str, object]:
        """Plain mapping (docs/explanation.schema.json)."""
        told: dict[str, object] = {
            "title": self.title,
            "result": self.result,
            "parts": [{"title": part.title, "lines": [line.to_json() for line in part.lines]} for part in self.parts],
            "plain": list(self.plain),
            "notes": list(self.notes),
        }
        return told if self.paid is None else {**told, "paid": self.paid}

    def clerk_text(self) -> str:
        """Japanese text for a clerk."""
        lines = [self.title, self.result, *(f"※ {note}" for note in self.notes)]
        for part in self.parts:
            lines += ["", f"■ {part.title}"]
            for line in part.lines:
                lines.append(f"  {line.title}　{line.value}".rstrip("　"))
                lines += [f"      {text}" for text in (line.how, line.basis) if text]
        return "\n".join(lines)

    def guardian_text(self) -> str:
        """Plain words for a guardian."""
        return "\n".join([*self.plain, *(f"※ {note}" for note in self.notes)])


def basis_text(row: Mapping[str, Any]) -> str:
    """根拠条文, 出典 and 確からしさ of a step or row, with the board's acceptance where there is one."""
    parts = [row["article"], row["source"], f"確からしさ {Standing(row['standing']).label}", accepted_text(row)]
    return "　".join(part for part in parts if part)


def accepted_text(row: Mapping[str, Any]) -> str:
    """Who of the board took an unconfirmed row as its own, when and why; "" where nobody had to."""
    accepted = row.get("accepted")
    return f"未確認の行を承認: {accepted['by']}、{accepted['on']}、{accepted['reason']}" if accepted else ""
