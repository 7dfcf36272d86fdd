"""The summary of the demo: business numbers that must come out the same on every machine and after every interruption."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from rich.console import Console
from rich.table import Table

from audit.trail import reader
from domain.households.models import Household, Pupil
from domain.linkage.models import Inquiry, Registration
from domain.payments.ledgers import ledgers_of, read, sums
from domain.payments.models import PaymentRound, PupilPayment, Transfer
from domain.reports.models import OutputFile
from domain.statements.models import Determination, Statement
from tenants.core.context import prefecture_context, scope
from tenants.core.models import Prefecture


def collect(prefectures: list[Prefecture]) -> dict[str, dict[str, Any]]:
    """Figures by prefecture name."""
    figures = {}
    for prefecture in prefectures:
        with prefecture_context(prefecture):
            figures[prefecture.name] = _figures()
    return figures


def _figures() -> dict[str, Any]:
    decided = Determination.objects.exclude(approved_by=None)
    ledgers = ledgers_of(*PaymentRound.objects.order_by("pk"))
    names = [ledger.name for ledger in ledgers]
    paid = read(PupilPayment.objects.aggregate(**sums(names)), names)
    return {
        "世帯": Household.objects.count(),
        "児童生徒": Pupil.objects.count(),
        "宛名登録": _counted(Registration.objects, "state", dict(Registration.State.choices)),
        "照会": _counted(Inquiry.objects, "state", dict(Inquiry.State.choices)),
        "突合": _counted(Inquiry.objects.filter(state=Inquiry.State.ANSWERED), "match", dict(Inquiry.Match.choices)),
        "調書": _counted(Statement.objects, "state", dict(Statement.State.choices)),
        "支弁区分": _counted(decided, "household_category", {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", None: "支給なし"}),
        **{ledger.title: paid[ledger.name] for ledger in ledgers},
        "振込": Transfer.objects.count(),
        "振込額": Transfer.objects.aggregate(total=Sum("amount"))["total"] or 0,
        "帳票": _counted(OutputFile.objects, "kind", dict(OutputFile.Kind.choices)),
        "記録": _events(),
    }


def _counted(rows: Any, field: str, labels: dict[Any, str]) -> dict[str, int]:
    counted = rows.values_list(field).annotate(n=Count("pk")).order_by(field)
    return {str(labels.get(value, value)): n for value, n in counted}


def _events() -> int:
    return sum(reader.summary(scope()).values())


def show(figures: dict[str, dict[str, Any]], console: Console) -> None:
    table = Table(title="サンプル：主な処理の結果（令和7年度）", show_lines=True)
    table.add_column("項目")
    for name in figures:
        table.add_column(name, justify="right")
    for item in next(iter(figures.values())):
        table.add_row(item, *[_cell(values[item]) for values in figures.values()])
    console.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{label} {n:,}" for label, n in value.items())
    return f"{value:,}"
