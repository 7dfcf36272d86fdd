"""What is missing for a computation, and what to do about each thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.rules.assessment.need import FACT_TITLES
from domain.statements.models import MemberFacts

Absence = MemberFacts.Absence
_MEMBER = re.compile(r"members/(?P<key>[^/]+)/(?P<fact>[a-z_]+)")

_TODO = {
    Absence.NOT_ASKED: "まだ照会していません。情報照会の結果を待つか、所得証明書の値を入力してください。",
    Absence.UNDECLARED: "市町村への所得の申告がありません。申告してもらい、所得証明書の値を入力してください。",
    Absence.NOT_FOUND: "照会先に該当する人がいません。前年末の住所を確かめるか、所得証明書の値を入力してください。",
    Absence.REVIEW: "回答と登録の氏名・生年月日・住所が合いません。照会結果の確認（突合）をしてください。",
    Absence.TO_ENTER: "再判定の収入の基礎にする年の額を入力してください。総所得金額は、0円のときも0と入力します。",
    Absence.REFUSED: "照会先から回答がありません。所得証明書の値を入力してください。",
}
_OTHERWISE = "所得証明書の値を入力してください。総所得金額は、0円のときも0と入力します。"
_FACT = (
    "世帯の画面の「訂正」で入力するか、名簿に書いて取り込んでください。ないときも、ないこと（なし・0円）を入力します。"
)
"""What to do about a fact that only some packs ask for."""
_ROW = "年度の定義に値がありません。教育委員会が公式の表を読み込むまで算定できません。"


@dataclass(frozen=True, slots=True)
class Lack:
    """One missing thing. `member`: id of the person it is about, None for a figure of the rules."""

    what: str
    todo: str
    member: int | None = None
    certificate: bool = False


def lacks(
    missing: Iterable[Mapping[str, str]], members: Mapping[str, tuple[int, str]], absences: Mapping[int, str]
) -> list[Lack]:
    """`members`: 構成員番号 → id and shown name. `absences`: member id → why there is no amount."""
    return [_lack(entry, members, absences) for entry in missing]


def _lack(entry: Mapping[str, str], members: Mapping[str, tuple[int, str]], absences: Mapping[int, str]) -> Lack:
    about = _MEMBER.fullmatch(entry["name"])
    if entry["name"] == "single_parent":
        return Lack(f"{FACT_TITLES['single_parent']}が未確認", _FACT)
    if about is None or about["key"] not in members:
        return Lack(entry["message"], _ROW if entry["kind"] == "row" else "")
    pk, name = members[about["key"]]
    if about["fact"] != "income":
        return Lack(f"{name} の{FACT_TITLES[about['fact']]}", _FACT)
    absence = absences.get(pk, "")
    todo = _TODO[Absence(absence)] if absence in _TODO else _OTHERWISE
    return Lack(f"{name} の所得", todo, pk, certificate=absence != Absence.REVIEW)
