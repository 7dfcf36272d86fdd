"""`assess` and `receipt` of the command line: flat households in, answers or whole receipts out (docs/receipt-format.md)."""

from __future__ import annotations

from collections.abc import Callable

from domain.rules.assessment.assessing import Assessment, assess
from domain.rules.assessment.receipts import missing_json
from domain.rules.assessment.wire import read_case
from domain.rules.cases import ROMAN_ZONES, HouseholdCase
from domain.rules.commands.jsonlines import read_objects, told, write_objects
from domain.rules.errors import CaseError, PackError
from domain.rules.exact import fraction_text, plain
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.loading import Loader, load_pack
from domain.rules.yearpack.model import Pack

Answer = Callable[[Assessment], dict[str, object]]


def assess_text(text: str, answer: Answer, load: Loader = load_pack) -> str:
    """An answer for every household of the text, in its order.  CaseError and PackError name the line."""
    objects = read_objects(text)
    found = [answer(_assessed(where, data, load)) for where, data in objects]
    return write_objects(found, spread=len(objects) == 1 and "\n" in text.strip())


def _assessed(where: str, data: object, load: Loader) -> Assessment:
    try:
        pack, case = household_from_json(data, load)
        return assess(pack, case)
    except CaseError as error:
        raise CaseError(told(where, error.message)) from None
    except PackError as error:
        raise PackError(error.name, [told(where, fault) for fault in error.faults]) from None


def household_from_json(data: object, load: Loader = load_pack) -> tuple[Pack, HouseholdCase]:
    """Pack and case of one decoded object of the stable interface; CaseError, PackError."""
    try:
        reader = Reader(data, "入力")
        pack = load(reader.text("pack"), reader.texts("overlays") if reader.has("overlays") else ())
        return pack, read_case(reader, pack.fiscal_year)
    except ReadFault as fault:
        raise CaseError(str(fault)) from None


def answer_of(assessment: Assessment) -> dict[str, object]:
    """The answer of `assess`: result, steps and the receipt's digest."""
    found: dict[str, object] = {
        "income": assessment.income,
        "need_annual": None if assessment.annual_need is None else plain(assessment.annual_need),
        "need_monthly": None if assessment.monthly_need is None else fraction_text(assessment.monthly_need),
        "category": _roman(assessment.category),
        "reason": assessment.reason.value,
        "standing": assessment.standing.value,
        "pupils": [{"key": pupil.key, "category": _roman(pupil.category)} for pupil in assessment.pupils],
        "pack": {
            "name": assessment.pack.name,
            "overlays": list(assessment.pack.overlays),
            "digest": assessment.pack.digest,
        },
    }
    if assessment.missing:
        found["missing"] = missing_json(assessment.missing)
    receipt = assessment.receipt()
    found["steps"] = receipt["steps"]
    found["receipt"] = str(receipt["digest"]).removeprefix("sha256:")
    return found


def _roman(category: int | None) -> str | None:
    return None if category is None else ROMAN_ZONES[category - 1]
