"""The use cases of the 調書, each one act, one transaction, its events."""

from domain.statements.computing import compute
from domain.statements.deciding import approve, mark_noticed, propose, propose_all
from domain.statements.facts import gather, record_certificate
from domain.statements.forwarding import forward, send_back
from domain.statements.intake import open_statements

__all__ = [
    "approve",
    "compute",
    "forward",
    "gather",
    "mark_noticed",
    "open_statements",
    "propose",
    "propose_all",
    "record_certificate",
    "send_back",
]
