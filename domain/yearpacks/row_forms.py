"""The form of each kind of row, what it holds at first, and what a valid one says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.rules import Category, Pack
from domain.yearpacks.content import Basis
from domain.yearpacks.filling import UNKNOWN, age_range, cap_values, fraction_text, rate_values, special_values
from domain.yearpacks.forms import AgeForm, BasisForm, CapForm, CellForm, PaysForm, RateForm, SpecialForm, share_name
from domain.yearpacks.lacking import AGE, Row
from domain.yearpacks.own import OwnRow

Values = dict[str, Any]


def form_of(row: Row, own: OwnRow | None, pack: Pack, data: Any = None) -> BasisForm:
    """Empty for an absent row, filled with its values for an own one."""
    initial = _initial(row, own)
    if row.section == "rates":
        return RateForm(pack.ledgers, data, initial=initial)
    if row.section == "tables":
        return CellForm(data, initial=initial, by_age=pack.tables[row.key["table"]].keys[-1] == "age")
    kinds: dict[str, type[BasisForm]] = {
        "caps": CapForm,
        "special": SpecialForm,
        "welfare_pay": PaysForm,
        "institution_pay": PaysForm,
        AGE: AgeForm,
    }
    return kinds[row.section](data, initial=initial)


def reading_of(row: Row, form: BasisForm) -> tuple[Row, Values, Basis]:
    """Of a valid form: the row (perhaps for more 部 than it was asked for), its values, their source. Raises Unreadable."""
    said = form.cleaned_data
    basis = Basis(said["source"], said["article"])
    key = dict(row.key)
    if "departments" in said:
        key["departments"] = said["departments"]
    if isinstance(form, RateForm):
        shares = {
            ledger: [
                fraction_text(text, share_name(ledger, category))
                for text, category in zip(texts, Category, strict=True)
            ]
            for ledger, texts in form.shares().items()
        }
        values = rate_values(shares, said["not_covered"])
    elif row.section == "caps":
        key.pop("categories", None)
        if len(said["categories"]) < len(Category):
            key["categories"] = [int(each) for each in said["categories"]]
        values = cap_values(said["annual"], said["no_cap"], said["on"])
    elif row.section == "tables":
        typed = said.get("cell", row.key["cell"])
        key["cell"] = age_range(typed) if typed != row.key["cell"] else typed
        values = {"amount": said["amount"]}
    elif row.section == "special":
        values = special_values(said["action"], said["category"])
    elif row.section == AGE:
        values = {"full_years": said["full_years"]}
    else:
        values = {"pays": said["pays"] == "yes"}
    return Row(row.section, key, row.title, row.where, row.lacking), values, basis


def _initial(row: Row, own: OwnRow | None) -> Values:
    key, values = row.key, dict(own.values) if own else {}
    initial: Values = {"source": own.source, "article": own.article} if own else {}
    if row.section in ("rates", "caps"):
        initial["departments"] = list(key.get("departments", []))
    if row.section == "rates":
        return initial | {"not_covered": bool(values.get("not_covered"))} | _shares(values)
    if row.section == "caps":
        initial["categories"] = [str(each) for each in key.get("categories", (1, 2, 3))]
        return initial | {name: values[name] for name in ("annual", "no_cap", "on") if name in values}
    if row.section == "tables":
        return initial | {"cell": key["cell"], "amount": values.get("amount")}
    if row.section == "special":
        return initial | {name: values[name] for name in ("action", "category") if name in values}
    if row.section == AGE:
        return initial | {name: values[name] for name in ("full_years",) if name in values}
    return initial | ({"pays": "yes" if values["pays"] else "no"} if values else {})


def _shares(values: Mapping[str, Any]) -> Values:
    return {
        share_name(ledger, category): "" if text == UNKNOWN else text
        for ledger, vector in values.items()
        if isinstance(vector, list) and len(vector) == len(Category)
        for text, category in zip(vector, Category, strict=True)
        if isinstance(text, str) and (text == UNKNOWN or text[:1].isdigit())
    }
