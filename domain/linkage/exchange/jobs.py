"""The jobs: what they do before and after the loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from domain.households.models import Household, Member
from domain.linkage.asking_again import reopen_retryable
from domain.linkage.errors import NoConfiguration
from domain.linkage.exchange import batches
from domain.linkage.exchange.adapters import adapter_of_version, configuration_in_force, settings_in_force
from domain.linkage.exchange.checking import Checking
from domain.linkage.exchange.inquiring import Inquiring
from domain.linkage.exchange.registering import Registering
from domain.linkage.exchange.running import LINES_A_BATCH, ExchangeRun
from domain.linkage.exchange.troubles import Troubles
from domain.linkage.exchange.updating import Updating
from domain.linkage.exchange.withdrawing import Withdrawing
from domain.linkage.exchange.work import Terms, Work
from domain.linkage.incoming.abandoning import give_up
from domain.linkage.incoming.fetching import Fetching
from domain.linkage.incoming.releasing import Releasing
from domain.linkage.models import AdapterConfiguration, Batch, Copy, CopyLine, Inquiry, PersonLine, Registration
from domain.linkage.persons.due import to_check
from domain.linkage.persons.planning import plan_registrations
from domain.linkage.planning import follow_needs
from domain.linkage.providing.sending import Providing
from domain.linkage.rematching import match_again
from domain.vault.models import PersonNumber
from integrations.atena_adapters.config import Workflow
from integrations.atena_adapters.port import Operator
from jobs.handle import JobHandle
from tenants.core import statistics
from tenants.core.context import require_prefecture

DUTY = "統合宛名連携"
"""What the trail names as duty where the prefecture has no 事務コード of its own."""

CODE_PATIENCE = 30.0
"""Seconds: the 符号 takes hours, so a job that waits longer for the answer only keeps a worker busy."""

COLLECTED = (
    Batch.Kind.REGISTER, Batch.Kind.UPDATE, Batch.Kind.WITHDRAW, Batch.Kind.CHECK, Batch.Kind.INQUIRE,
)  # fmt: skip
"""Kinds whose results the hourly collection takes in."""

OPERATOR_ITEMS = ("staff_number", "organisation_number", "approval_number")


def register(handle: JobHandle) -> None:
    """`linkage.register`: everybody with a number and without registration. Where 統合宛名 registers by itself, nothing."""
    workflow = settings_in_force().workflow
    if not workflow.registers:
        return
    plan_registrations()
    statistics.refresh(Household, Member, PersonNumber, Registration)
    year, duty, terms = require_prefecture().working_year, workflow.duty_code or DUTY, _terms(workflow, handle.args)
    troubles = Troubles()
    ExchangeRun(Registering(year, duty), terms, handle, troubles=troubles).run()
    if terms.capabilities.checks_linkage:
        ExchangeRun(Checking(year, duty), terms, handle, patience=CODE_PATIENCE, troubles=troubles).run()
    troubles.tell()


def change(handle: JobHandle) -> None:
    """`linkage.change`: 異動 of who is registered, then 廃止 of who is no longer needed. Where the link takes none, nothing."""
    workflow = settings_in_force().workflow
    if not workflow.registers or not workflow.updates:
        return
    plan_registrations()
    statistics.refresh(Registration, PersonLine)
    year, duty, terms = require_prefecture().working_year, workflow.duty_code or DUTY, _terms(workflow, handle.args)
    troubles = Troubles()
    for work in (Updating(year, duty), Withdrawing(year, duty)):
        ExchangeRun(work, terms, handle, troubles=troubles).run()
    troubles.tell()


def check(handle: JobHandle) -> None:
    """`linkage.check`: has the 符号 come? Of everybody who waits for it and was not looked for lately."""
    workflow = settings_in_force().workflow
    terms = _terms(workflow, handle.args)
    if workflow.registers and terms.capabilities.checks_linkage:
        plan_registrations()
        work = Checking(require_prefecture().working_year, workflow.duty_code or DUTY)
        ExchangeRun(work, terms, handle, patience=CODE_PATIENCE).run()


def checks_by_itself() -> bool:
    """Whether the configuration in force lets the 符号 be looked for, and somebody waits for it."""
    current = AdapterConfiguration.objects.filter(retired_at=None).first()
    if current is None:
        return False
    workflow = settings_in_force().workflow
    needed = OPERATOR_ITEMS[:2] if workflow.operator_source == "person" else ()
    if not workflow.checks_linkage or set(workflow.required_operator) & {*needed, "approval_number"}:
        return False
    return to_check().exists()


def inquire(handle: JobHandle) -> None:
    """`linkage.inquire`: the waiting lines of a year; what failed on the way is asked again in the same run."""
    fiscal_year = int(handle.args["fiscal_year"])
    workflow = settings_in_force().workflow
    statistics.refresh(Household, Member, Registration, Inquiry)
    match_again(fiscal_year)
    reopen_retryable(fiscal_year)
    with transaction.atomic():
        follow_needs(Inquiry.objects.all(), fiscal_year)
    while True:
        work = Inquiring(fiscal_year, workflow.duty_code or DUTY)
        ExchangeRun(work, _terms(workflow, handle.args), handle).run()
        if not reopen_retryable(fiscal_year):
            return


def provide(handle: JobHandle) -> None:
    """`linkage.provide`: the approved lines of 副本登録一覧. Where the link does not provide, nothing."""
    workflow = settings_in_force().workflow
    if not workflow.provides:
        return
    statistics.refresh(Copy, CopyLine)
    work = Providing(require_prefecture().working_year, workflow.duty_code or DUTY)
    ExchangeRun(work, _terms(workflow, handle.args), handle).run()


def answer_incoming(handle: JobHandle) -> None:
    """`linkage.incoming`: what waits for a clerk and what was recorded in; what was decided out. Nothing without such a link."""
    workflow = settings_in_force().workflow
    if not workflow.lists:
        return
    year, duty, terms = require_prefecture().working_year, workflow.duty_code or DUTY, _terms(workflow, handle.args)
    if not terms.capabilities.by_people:
        give_up(handle, timezone.now())
    troubles = Troubles()
    ExchangeRun(Fetching(year, duty, workflow.records_since()), terms, handle, troubles=troubles).run()
    ExchangeRun(Releasing(year, duty), terms, handle, troubles=troubles).run()
    troubles.tell()


def collect(handle: JobHandle) -> None:
    """`linkage.collect`: what came in since for batches that are out, of every year. Sends nothing new.

    Each kind has its turn, whatever happens to another: there is one such job a prefecture and hour.
    """
    workflow = settings_in_force().workflow
    duty = workflow.duty_code or DUTY
    terms = _terms(workflow, handle.args)
    year = require_prefecture().working_year
    works: list[Work] = [
        Registering(year, duty),
        Updating(year, duty),
        Withdrawing(year, duty),
        Checking(year, duty),
        Providing(year, duty),
    ]
    troubles = Troubles()
    for work in works:
        if _awaited(work.kind).exists():
            ExchangeRun(work, terms, handle, troubles=troubles).collect_once()
    years = _awaited(Batch.Kind.INQUIRE).order_by("fiscal_year").values_list("fiscal_year", flat=True)
    for fiscal_year in years.distinct():
        ExchangeRun(Inquiring(fiscal_year, duty), terms, handle, troubles=troubles).collect_once()
    troubles.tell()


def fetches_lists() -> bool:
    """Whether the link in force gives out held inquiries and records."""
    try:
        return settings_in_force().workflow.lists
    except NoConfiguration:
        return False


def awaited() -> QuerySet[Batch]:
    """Batches of which something may still come in: out with the other side, with lines that were held, or nobody's any more."""
    return Batch.objects.exclude(kind__in=[Batch.Kind.LIST, Batch.Kind.RELEASE]).filter(
        Q(state=Batch.State.SENT) | batches.UNCLEARED | batches.GIVEN_BACK
    )


def _awaited(kind: Batch.Kind) -> QuerySet[Batch]:
    return awaited().filter(kind=kind)


def _terms(workflow: Workflow, arguments: Mapping[str, Any]) -> Terms:
    """Who asks is what was typed when the job was started, else what is configured."""
    version = configuration_in_force().version
    capabilities = adapter_of_version(version).capabilities()
    fixed = workflow.fixed_operator()
    operator = Operator(**{item: str(arguments.get(item) or getattr(fixed, item)) for item in OPERATOR_ITEMS})
    limit = min(capabilities.batch_limit, LINES_A_BATCH)
    return Terms(version, capabilities, operator, limit)
