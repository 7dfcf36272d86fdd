"""A hard limit around every act of every transport, whatever the configuration says and however the other side hangs."""

from __future__ import annotations

from collections.abc import Container, Sequence

from integrations.atena_adapters.port import CheckResult, Health
from integrations.atena_adapters.transports.apart import within
from integrations.atena_adapters.transports.base import Address, Delivery, Transport

LONGEST_ACT = 120.0
"""Seconds for one act with all its own tries."""

LONGEST_CHECK = 900.0
"""Seconds for the parts of 接続試験 that wait on purpose."""


class LimitedTransport:
    """Implements `Transport` around another one."""

    def __init__(self, inner: Transport, *, act: float = LONGEST_ACT, check: float = LONGEST_CHECK) -> None:
        self.inner = inner
        self._act = act
        self._check = check

    @property
    def by_people(self) -> bool:
        """As the other one."""
        return self.inner.by_people

    def send(self, address: Address, payload: bytes, content_type: str) -> Delivery:
        """Hand over a request."""
        return within(self._act, lambda: self.inner.send(address, payload, content_type))

    def fetch_receipt(self, address: Address) -> bytes | None:
        """The receipt if it is there."""
        return within(self._act, lambda: self.inner.fetch_receipt(address))

    def fetch_answers(self, address: Address, *, gaps: bool = False) -> Sequence[bytes]:
        """The answers that are complete."""
        return within(self._act, lambda: self.inner.fetch_answers(address, gaps=gaps))

    def withdraw(self, address: Address) -> None:
        """Remove what is left of the request."""
        within(self._act, lambda: self.inner.withdraw(address))

    def finish(self, address: Address, read: Container[str]) -> bool:
        """Remove receipts and answers that were read."""
        return within(self._act, lambda: self.inner.finish(address, read))

    def health(self) -> Health:
        """A light look."""
        return within(self._act, self.inner.health)

    def check(self) -> list[CheckResult]:
        """What can be checked without sending."""
        return within(self._check, self.inner.check)

    def wait_for_receipt(self, address: Address) -> bytes | None:
        """The receipt, waiting as long as 接続試験 may take."""
        return within(self._check, lambda: self.inner.wait_for_receipt(address))
