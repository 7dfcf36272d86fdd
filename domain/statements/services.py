"""The use cases of the 調書, each one act, one transaction, its events."""

from domain.statements.choosing import choose
from domain.statements.computing import compute, compute_by_id
from domain.statements.deciding import approve, mark_noticed, propose, propose_all, take_back
from domain.statements.facts import gather, record_certificate, remove_certificate
from domain.statements.forwarding import forward, send_back
from domain.statements.intake import open_statements
from domain.statements.provisional import approve_provisional, propose_provisional, withdraw_provisional
from domain.statements.redetermining import open_redetermination, withdraw

__all__ = [
    "approve",
    "approve_provisional",
    "choose",
    "compute",
    "compute_by_id",
    "forward",
    "gather",
    "mark_noticed",
    "open_redetermination",
    "open_statements",
    "propose",
    "propose_all",
    "propose_provisional",
    "record_certificate",
    "remove_certificate",
    "send_back",
    "take_back",
    "withdraw",
    "withdraw_provisional",
]
