"""Which command of `python -m domain.rules` answers.  Text in, text out; no file but packs, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from domain.rules.assessment.assessing import Assessment
from domain.rules.commands.assess import answer_of, assess_text
from domain.rules.commands.check import check_text, packs_text
from domain.rules.commands.explain import explain_text
from domain.rules.commands.pay import answer_json, pay_text
from domain.rules.commands.shelves import from_paths, loader, shelves
from domain.rules.errors import CaseError, PackError, RulesError
from domain.rules.impact.comparing import Progress
from domain.rules.impact.lines import replay_lines, run_impact
from domain.rules.payment.paying import PaymentResult

DONE, DIFFERENT, BAD_INPUT = 0, 1, 2
"""Exit status: answered; replayed figures differ; input or pack refused."""

READERS = frozenset({"assess", "receipt", "explain", "pay", "impact", "replay"})
"""Commands that read standard input."""

USAGE = (
    "使い方: python -m domain.rules assess|receipt [pay]|explain|pay|replay < 入力.json、"
    "impact <前の年度定義[+重ね定義…]> <後の年度定義[+重ね定義…]> < 世帯.jsonl、"
    "check <年度定義かそのフォルダー>[+重ね定義…]、packs（年度定義の名前の一覧）。"
    "製品に付いていない年度定義は --packs <それらを入れたフォルダー> で足します。"
)


def run(arguments: Sequence[str], text: str) -> tuple[int, str]:
    """Exit code and output for the command line `arguments` and standard input `text`."""
    if arguments[:1] == ["impact"]:
        return stream_impact(arguments, text.split("\n"), 1, None)
    return _refusing(lambda: _answer(arguments, text))


def stream_impact(
    arguments: Sequence[str], lines: Iterable[str], workers: int, progress: Progress | None
) -> tuple[int, str]:
    """`run` for `impact`, whose input may be longer than memory."""
    return _refusing(lambda: _impact(arguments, lines, workers, progress))


def _impact(arguments: Sequence[str], lines: Iterable[str], workers: int, progress: Progress | None) -> tuple[int, str]:
    words, more = shelves(arguments)
    match words:
        case ["impact", before, after]:
            return DONE, run_impact(before, after, lines, workers, progress, loader(more))
        case _:
            return BAD_INPUT, USAGE


def _refusing(answer: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """The answer, or status and words of a refusal."""
    try:
        return answer()
    except PackError as error:
        return BAD_INPUT, "\n".join(f"{error.id} {error.name}: {fault}" for fault in error.faults)
    except RulesError as error:
        return BAD_INPUT, f"{error.id} {error.message}"


def _answer(arguments: Sequence[str], text: str) -> tuple[int, str]:
    words, more = shelves(arguments)
    load = loader(more)
    match words:
        case ["assess"]:
            return DONE, assess_text(text, answer_of, load)
        case ["receipt"]:
            return DONE, assess_text(text, Assessment.receipt, load)
        case ["explain", *form] if form in ([], ["--format=clerk"], ["--format=guardian"], ["--format=json"]):
            return DONE, explain_text(text, form[0].removeprefix("--format=") if form else "clerk")
        case ["pay"]:
            return DONE, pay_text(text, answer_json, load)
        case ["receipt", "pay"]:
            return DONE, pay_text(text, PaymentResult.receipt, load)
        case ["replay"]:
            same, report = replay_lines(text.split("\n"), load)
            return (DONE if same else DIFFERENT), _json(report)
        case ["check", *names] if names:
            (name, *overlays), more = from_paths([each for given in names for each in given.split("+")], more)
            return DONE, check_text(name, overlays, loader(more))
        case ["packs"]:
            return DONE, packs_text()
        case _:
            raise CaseError(USAGE)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
