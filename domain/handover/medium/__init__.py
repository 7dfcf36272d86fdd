"""The medium's acts: proposed by one person, confirmed and so done by another."""

from domain.handover.medium.confirming import confirm, why_stale, withdraw
from domain.handover.medium.proposing import propose_erasing, propose_release, propose_taking_in

__all__ = ["confirm", "propose_erasing", "propose_release", "propose_taking_in", "why_stale", "withdraw"]
