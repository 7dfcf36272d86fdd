"""An old exchange read again: the kept answers of a batch with the configuration of its version. Nobody is asked, nothing changes.

The version's way of connecting is of no matter, and neither are its secrets: it is read as `retired` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from domain.households.models import Member
from domain.linkage.errors import LinkageError
from domain.linkage.exchange.batches import receipt_of
from domain.linkage.exchange.keeping import SealedKeeper
from domain.linkage.models import AdapterConfiguration, Batch, RawExchange
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.port import reason_of, title
from integrations.atena_adapters.registry import build
from tenants.core import files, keys
from tenants.core.providers import SealBroken

_NUMBERS = re.compile(r"[0-9０-９]{10,}")


class NotReadable(LinkageError):
    """`linkage.exchange-not-readable`: kept answers cannot be opened or read any more."""

    identifier = "linkage.exchange-not-readable"


@dataclass(frozen=True, slots=True)
class Reread:
    """`rows`: person (None: not known here), outcome and reason of each line; `problems` of the files as a whole; `kept`: what they are."""

    rows: Sequence[tuple[Member | None, str, str]]
    problems: Sequence[str]
    kept: Sequence[RawExchange]
    version: AdapterConfiguration


def read_again(batch: Batch) -> Reread:
    """What the kept answers of a batch say. Raises NotReadable."""
    version = AdapterConfiguration.objects.filter(version=batch.adapter_version).first()
    if not batch.receipt or version is None:
        raise NotReadable("この送受信には、まだ読める記録がありません。送信した後に開いてください。")
    kept = list(batch.raw.order_by("pk"))
    answers = [raw for raw in kept if raw.direction == RawExchange.Direction.RECEIVED and "-answer-" in raw.name]
    receipt = receipt_of(batch)
    try:
        config = AdapterConfig.model_validate(version.config | {"transport": {"kind": "retired"}})
        found = build(config, keep=SealedKeeper()).reread(receipt, [files.read(raw.path) for raw in answers])
    except ValidationError:
        raise NotReadable(f"第{version.version}版の設定を、いまは読めません。運用会社に知らせてください。") from None
    except (FileNotFoundError, SealBroken, keys.KeyMissing):
        raise NotReadable("保管した記録を開けません。ファイルの復元が必要です。運用会社に知らせてください。") from None
    people = _people(line.atena_number for line in receipt.lines)
    asked = {line.line_id: people.get(line.atena_number) for line in receipt.lines}
    rows = [(asked[line], title(outcome), _covered(reason_of(outcome))) for line, outcome in found.outcomes.items()]
    return Reread(rows, [_covered(problem.message) for problem in found.problems], kept, version)


def _people(numbers: Iterable[str]) -> dict[str, Member]:
    found = Member.objects.filter(atena_number__in=set(numbers)).select_related("household")
    return {member.atena_number: member for member in found}


def _covered(text: str) -> str:
    """What the other side wrote may quote a number: it is never shown."""
    return _NUMBERS.sub(lambda found: "＊" * len(found[0]), text)
