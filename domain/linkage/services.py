"""What other rooms may ask of the link: put a configuration in force, plan, start, settle."""

from domain.linkage.asking_again import ask_again, register_again
from domain.linkage.exchange.adapters import adapter_in_force, put_in_force
from domain.linkage.exchange.bounds import bounds_of
from domain.linkage.planning import InquiryPlan, plan_inquiries, plan_registrations
from domain.linkage.rematching import match_again
from domain.linkage.settling import possible_settlements, settle
from domain.linkage.starting import start_inquiry, start_registration

__all__ = [
    "InquiryPlan", "adapter_in_force", "ask_again", "bounds_of", "match_again", "plan_inquiries", "plan_registrations",
    "possible_settlements", "put_in_force", "register_again", "settle", "start_inquiry", "start_registration",
]  # fmt: skip
