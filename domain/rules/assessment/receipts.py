"""Receipts of an assessment: pack, case, result and steps, sealed by the digest of their canonical text."""

from __future__ import annotations

from collections.abc import Iterable

from domain.rules.assessment.assessing import Assessment
from domain.rules.assessment.category import category_number
from domain.rules.assessment.steps import TraceStep
from domain.rules.assessment.trace import steps_of
from domain.rules.assessment.wire import case_to_json
from domain.rules.canonical import SealedText, canonical_text, digest_of_text
from domain.rules.errors import Missing
from domain.rules.yearpack.model import Pack

FORMAT = "kubun-receipt/1"
ENGINE = "2"
"""Version of the arithmetic; raised when equal input and pack may give another result."""


def missing_json(missing: tuple[Missing, ...]) -> list[dict[str, str]]:
    """Plain list for receipts and the command line."""
    return [{"kind": each.kind, "name": each.name, "message": each.message} for each in missing]


def pack_json(pack: Pack) -> dict[str, object]:
    """What identifies the pack a receipt was made with."""
    return {
        "name": pack.name,
        "title": pack.title,
        "overlays": list(pack.overlays),
        "digest": pack.digest,
        "sample": pack.sample,
    }


def result_json(assessment: Assessment) -> dict[str, object]:
    """The result part of the receipt."""
    need = assessment.annual_need
    return {
        "income": assessment.income,
        "annual_need": None if need is None else {"numerator": need.numerator, "denominator": need.denominator},
        "category": category_number(assessment.category),
        "reason": assessment.reason.value,
        "pupils": [
            {"key": pupil.key, "category": category_number(pupil.category), "reason": pupil.reason.value}
            for pupil in assessment.pupils
        ],
        "standing": assessment.standing.value,
        "missing": missing_json(assessment.missing),
    }


def assessment_receipt(assessment: Assessment) -> dict[str, object]:
    """The receipt with its digest."""
    case, result, steps = case_to_json(assessment.case), result_json(assessment), steps_of(assessment)
    return {
        "format": FORMAT,
        "engine": ENGINE,
        "kind": "assessment",
        "pack": pack_json(assessment.pack),
        "case": case,
        "result": result,
        "steps": [step.to_json() for step in steps],
        "digest": _sealed(assessment.pack, case, result, steps).digest,
    }


def sealed_text(assessment: Assessment) -> SealedText:
    """The receipt as its canonical text."""
    return _sealed(
        assessment.pack, case_to_json(assessment.case), result_json(assessment), steps_of(assessment)
    )  # fmt: skip


def _sealed(pack: Pack, case: object, result: object, steps: Iterable[TraceStep]) -> SealedText:
    """Canonical JSON of a receipt without its digest, put together from ready pieces."""
    identity = pack.skeletons.get("pack")
    if not isinstance(identity, str):
        identity = pack.skeletons["pack"] = canonical_text(pack_json(pack))
    text = (
        f'{{"case":{canonical_text(case)},"engine":"{ENGINE}","format":"{FORMAT}","kind":"assessment",'
        f'"pack":{identity},"result":{canonical_text(result)},"steps":[{",".join([step.text() for step in steps])}]}}'
    )
    return SealedText(text, digest_of_text(text))
