"""The link to 統合宛名, by subject: exchanges, persons, inquiries, copies that are provided."""

from domain.linkage.models.exchanges import AdapterConfiguration, Batch, RawExchange
from domain.linkage.models.incoming import ExchangeRecord, HeldInquiry, HeldStep, ListRefusal
from domain.linkage.models.inquiries import Consent, Inquiry, InquiryStep, ItemRule, TargetLine, TargetList
from domain.linkage.models.persons import PersonLine, Registration, RegistrationStep
from domain.linkage.models.providing import Copy, CopyLine, CopyList, CopyStep, DeletionReport, ProvisionRule

__all__ = [
    "AdapterConfiguration", "Batch", "Consent", "Copy", "CopyLine", "CopyList", "CopyStep", "DeletionReport", "ExchangeRecord",
    "HeldInquiry", "HeldStep", "Inquiry", "InquiryStep", "ItemRule", "ListRefusal", "PersonLine", "ProvisionRule", "RawExchange",
    "Registration", "RegistrationStep", "TargetLine", "TargetList",
]  # fmt: skip
