"""The link to 統合宛名, by subject: exchanges, persons, inquiries."""

from domain.linkage.models.exchanges import AdapterConfiguration, Batch, RawExchange
from domain.linkage.models.inquiries import Consent, Inquiry, InquiryStep, ItemRule, TargetLine, TargetList
from domain.linkage.models.persons import Registration, RegistrationStep

__all__ = [
    "AdapterConfiguration", "Batch", "Consent", "Inquiry", "InquiryStep", "ItemRule", "RawExchange", "Registration",
    "RegistrationStep", "TargetLine", "TargetList",
]  # fmt: skip
