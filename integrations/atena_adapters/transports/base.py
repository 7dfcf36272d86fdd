"""What every transport offers.  It moves bytes and knows nothing of their content.

SFTP and object storage are the folder's shape with other file operations; a staging table, a medium carried by hand and
a terminal where a clerk types are the same four acts with a longer wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.atena_adapters.masking import HIDDEN, Masked
from integrations.atena_adapters.port import CheckResult, Health
from integrations.atena_adapters.requests import RequestKind


@dataclass(frozen=True, slots=True)
class Address:
    """Which batch an exchange belongs to; all that file names and paths may be made of.  `count` is the number of lines sent."""

    kind: RequestKind
    batch_id: str
    sequence: int
    made_at: datetime
    count: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Delivery(Masked):
    """What came back within the sending itself.  `answer` is set where the other side answers in the call."""

    receipt: bytes | None = field(metadata=HIDDEN, default=None)
    answer: bytes | None = field(metadata=HIDDEN, default=None)


def digest_of(payload: bytes) -> str:
    """Tells one content of a file from another within a run; stored nowhere."""
    return hashlib.sha256(payload).hexdigest()


class Transport(Protocol):
    """Moves bytes.  All acts may be repeated; all raise `CommunicationError` when the other side is out of reach."""

    @property
    def by_people(self) -> bool:
        """Whether people carry or key in what is exchanged."""

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Hand over a request; the same address replaces what was not yet taken."""

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The receipt if it is there."""

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The answers that are complete, oldest first; empty while pending. `gaps`: also behind a part that is not there.

        Raises `AnswerUnreadable` when a delivery is damaged, `BatchUnknown` when the other side lost the batch.
        """

    def withdraw(self, address: Address) -> None:
        """Remove what is left of the request in the place of exchange."""

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove our request, and receipts and answers whose content is among what was `read` (`digest_of`).

        Whether nothing of the batch is left: what came or changed since it was read stays, and so does what is being written.
        """

    def health(self) -> Health:
        """A light look."""

    def check(self) -> list[CheckResult]:
        """What can be checked without sending."""

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """The receipt, waiting as long as 接続試験 may take."""
