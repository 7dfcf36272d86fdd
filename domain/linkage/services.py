"""What other rooms may ask of the link: put a configuration in force, plan, start, settle."""

from domain.linkage.approving import approve_targets, propose_targets, withdraw_targets
from domain.linkage.asking_again import ask_again, register_again
from domain.linkage.exchange.adapters import adapter_in_force, carried_link, put_in_force
from domain.linkage.exchange.bounds import bounds_of
from domain.linkage.incoming.refusals import ask_and_start_incoming
from domain.linkage.items import add_rule, give_consent, withdraw_consent
from domain.linkage.persons.planning import plan_registrations
from domain.linkage.planning import InquiryPlan, plan_inquiries
from domain.linkage.providing.approving import approve_copies, propose_copies, withdraw_copies
from domain.linkage.providing.rules import add_provision_rule
from domain.linkage.providing.settling import mark_corrected, settle_at_terminal
from domain.linkage.rematching import match_again, match_one
from domain.linkage.settling import possible_settlements, settle
from domain.linkage.starting import (
    start_change,
    start_check,
    start_collection,
    start_incoming,
    start_inquiry,
    start_provision,
    start_registration,
)

__all__ = [
    "InquiryPlan", "adapter_in_force", "add_provision_rule", "add_rule", "approve_copies", "approve_targets",
    "ask_again", "ask_and_start_incoming", "bounds_of", "carried_link", "give_consent",
    "mark_corrected", "match_again", "match_one", "plan_inquiries", "plan_registrations", "possible_settlements",
    "propose_copies", "propose_targets", "put_in_force", "register_again", "settle", "settle_at_terminal", "start_change", "start_check",
    "start_collection", "start_incoming", "start_inquiry", "start_provision", "start_registration",
    "withdraw_consent", "withdraw_copies", "withdraw_targets",
]  # fmt: skip
