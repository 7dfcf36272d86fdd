"""Answer payloads against what was asked, whether they arrive now or were kept long ago."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from integrations.atena_adapters.dialects.base import Decoded, Dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import ANSWER_TO
from integrations.atena_adapters.receipts import Collection, Problem, ProblemCode, SubmissionReceipt
from integrations.atena_adapters.reconcile import Reconciliation

logger = logging.getLogger(__name__)


def read_answers(
    dialect: Dialect, receipt: SubmissionReceipt, reconciliation: Reconciliation, payloads: Sequence[bytes]
) -> list[Problem]:
    """Take in every payload that can be trusted as a whole; a payload that cannot gives a problem and no line.

    One that the readers were not prepared for is such a payload too: it must not keep other batches from being collected.
    """
    problems: list[Problem] = []
    for payload in payloads:
        try:
            decoded = dialect.decode(ANSWER_TO[receipt.kind.value], payload)
        except AnswerUnreadable as error:
            at = f"（{error.line}行目、先頭から{error.offset}バイト）" if error.line else ""
            problems.append(Problem(ProblemCode.UNREADABLE, f"{error.message}{at}", error.line, error.offset))
            continue
        except (ValueError, LookupError, ArithmeticError, RecursionError) as error:
            logger.exception("answers of batch %s: a file broke the reader", receipt.batch_id)
            text = f"読み取りの途中で誤りが起きました（{type(error).__name__}）。取り込みません。運用会社に知らせてください。"
            problems.append(Problem(ProblemCode.UNREADABLE, text))
            continue
        if _is_for_another(receipt, decoded):
            problems.append(
                Problem(ProblemCode.STRANGER, "別の送信単位の回答ファイルが届きました。取り込んでいません。")
            )
            continue
        reconciliation.add(decoded)
        problems.extend(decoded.problems)
    return problems


def reread(dialect: Dialect, receipt: SubmissionReceipt, payloads: Sequence[bytes]) -> Collection:
    """The outcomes that kept answers state; nothing is asked and nothing is changed anywhere."""
    reconciliation = Reconciliation(receipt)
    problems = read_answers(dialect, receipt, reconciliation, payloads)
    return Collection(receipt.batch_id, reconciliation.outcomes(), (*problems, *reconciliation.problems()))


def _is_for_another(receipt: SubmissionReceipt, decoded: Decoded) -> bool:
    return bool(decoded.batch_id) and decoded.batch_id != receipt.batch_id
