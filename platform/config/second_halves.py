"""What waits for its second person, act by act: where it is decided, and how many of them this person may decide.

Each rule of `accounts.second_person` has its desk here (a test compares), so that no request waits where nobody looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, TypeAlias, cast

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest

from accounts.access import roles_in_force, visible_schools
from accounts.models import AccountRequest, RoleAssignment, User
from accounts.permissions import Permission
from accounts.second_person import TwoPersonRule, lapsed_before, with_roles
from accounts.services import requests
from audit.detection import tuning
from audit.detection.models import Loosening
from domain.handover.medium import confirming
from domain.handover.models import CarryAct
from domain.linkage import frozen
from domain.linkage.incoming import deciding as answering
from domain.linkage.models import CopyList, DeletionReport, HeldInquiry, HeldStep, ProvisionRule, TargetList
from domain.linkage.providing import reporting, switching
from domain.payments.models import ApprovedAccount, PaymentRound
from domain.payments.rounds import approved_accounts, approving
from domain.reports import board_words
from domain.reports.models import NoticeWording
from domain.staffing import services as staffing
from domain.staffing.models import TransferPlan
from domain.statements import deciding, provisional
from domain.statements.models import Determination
from domain.statements.queries.proposals import waiting as proposals
from domain.statements.queries.scope import visible_statements, working_year
from domain.vault import disposal, lists, modes
from domain.vault.models import PurgeRun, RevealList, SettingsChange
from domain.yearpacks import drafting, forcing
from domain.yearpacks.models import InForce, Revision
from tenants.console import activation
from tenants.console.models import AdapterDraft

Rows: TypeAlias = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """One kind of request, with the columns (or annotations) that its rule names. `about`: the column of whom it is about (職員ID), who
    is not its second person either.

    `place`: the place of the left column under which its page lies. `always`: told also when nothing waits.
    """

    rule: TwoPersonRule
    title: str
    url_name: str
    rows: Callable[[User], Rows]
    about: str = ""
    unit: str = "件"
    act: str = "確かめる"
    place: str = ""
    always: bool = False

    @property
    def nav(self) -> str:
        return self.place or self.url_name


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests wait for this person at a desk."""

    desk: Desk
    count: int


def _proposed(model: Any, state: str = "proposed") -> Callable[[User], Rows]:
    return lambda user: model.objects.filter(state=state)


def _answers(user: User) -> Rows:
    """Its history says when the answer was given."""
    state = HeldInquiry.State.PROPOSED
    given = HeldStep.objects.filter(inquiry=OuterRef("pk"), to_state=state).order_by("-at")
    return HeldInquiry.objects.filter(state=state).annotate(proposed_at=Subquery(given.values("at")[:1]))


def _targets(user: User) -> Rows:
    return TargetList.objects.filter(state=TargetList.State.PROPOSED, fiscal_year=working_year())


def _decisions(user: User) -> Rows:
    return proposals(user, Permission.APPROVE_DECISION)


def _provisional(user: User) -> Rows:
    seen = visible_statements(user, Permission.APPROVE_DECISION).filter(state__in=provisional.UNDECIDED)
    asked = Determination.objects.filter(kind=Determination.Kind.PROVISIONAL, approved_by=None)
    return asked.filter(statement__in=seen.values("pk"))


def _rounds(user: User) -> Rows:
    return PaymentRound.objects.filter(state=PaymentRound.State.CALCULATED, fiscal_year=working_year())


def _changed_accounts(user: User) -> Rows:
    """Approved rounds with a household whose account is no longer the approved one."""
    differs = reduce(Q.__or__, (~Q(**{f"household__{name}": F(name)}) for name in approved_accounts.FIELDS))
    changed = ApprovedAccount.objects.filter(differs, round=OuterRef("pk"))
    return PaymentRound.objects.filter(Exists(changed), state=PaymentRound.State.APPROVED, fiscal_year=working_year())


TENANT_DESKS = (
    Desk(deciding.APPROVAL, "決定を待つ調書", "statements:decide", _decisions, act="決定する",
         place="statements:review", always=True),
    Desk(provisional.APPROVAL, "仮決定の承認", "statements:provisional", _provisional,
         place="statements:review"),
    Desk(approving.APPROVAL, "支給の承認", "payments:rounds", _rounds, unit="回"),
    Desk(approved_accounts.ACCOUNTS_APPROVAL, "承認の後に変わった口座の承認", "payments:rounds", _changed_accounts,
         unit="回"),
    Desk(frozen.APPROVAL, "照会対象一覧の承認", "linkage:targets", _targets),
    Desk(frozen.APPROVAL, "副本登録一覧の承認", "linkage:copies", _proposed(CopyList)),
    Desk(switching.APPROVAL, "副本の登録の切替えの承認", "linkage:provision_rules", _proposed(ProvisionRule),
         act="内容を見る", place="linkage:copies"),
    Desk(reporting.APPROVAL, "端末で削除した副本の確認", "linkage:copies", _proposed(DeletionReport)),
    Desk(answering.APPROVAL, "保留された照会への回答の承認", "linkage:incoming", _answers),
    Desk(confirming.CONFIRMATION, "媒体の手続の確認", "handover:medium", _proposed(CarryAct)),
    Desk(modes.APPROVAL, "番号保管の決まりの承認", "vault:approvals", _proposed(SettingsChange)),
    Desk(lists.APPROVAL, "番号を使う対象者一覧の承認", "vault:approvals", _proposed(RevealList, "asked")),
    Desk(disposal.APPROVAL, "番号の廃棄の承認", "vault:approvals", _proposed(PurgeRun)),
    Desk(board_words.APPROVAL, "決定通知書の文面の承認", "reports:wordings", _proposed(NoticeWording),
         place="reports:files"),
    Desk(drafting.APPROVAL, "年度定義の改訂の承認", "yearpacks:overview", _proposed(Revision)),
    Desk(forcing.APPROVAL, "年度定義の適用の承認", "yearpacks:overview", _proposed(InForce)),
    Desk(tuning.APPROVAL, "見守りの承認", "review:loosenings", _proposed(Loosening), about="username"),
    Desk(requests.APPROVAL, "利用者の申請の承認", "accounts:requests", _proposed(AccountRequest, "waiting"),
         about="user__username"),
    Desk(staffing.APPROVAL, "人事異動の承認", "staffing:transfers", _proposed(TransferPlan)),
)  # fmt: skip
CONSOLE_DESKS = (
    Desk(activation.APPROVAL, "宛名接続の版の有効化", "console:prefectures", _proposed(AdapterDraft, "checked")),
)  # fmt: skip


def waiting_for(user: User, permissions: frozenset[Permission], desks: Sequence[Desk] = TENANT_DESKS) -> list[Waiting]:
    """Every desk of this person in order, with what of it they may decide. One query for all while nothing waits, then three more."""
    mine = [desk for desk in desks if desk.rule.second in permissions and _reaches(user, desk.rule)]
    asked = _asked(mine, user)
    others = _not_with(user) if asked else set()
    askers = with_roles({group.asker for group in asked})
    found: Counter[int] = Counter()
    for group in asked:
        desk = mine[group.desk]
        alone = {user.username, *(name for name in others if desk.rule.refuses(name, user))}
        entitled = not desk.rule.asked_at or desk.rule.may_still_ask(askers.get(group.asker))
        if entitled and not alone & {group.asker, group.about}:
            found[group.desk] += group.size
    return [Waiting(desk, found[number]) for number, desk in enumerate(mine)]


def _reaches(user: User, rule: TwoPersonRule) -> bool:
    """What touches all schools is decided by whom no role limits to some of them."""
    return not rule.everywhere or not visible_schools(user, rule.second)


class _Group(NamedTuple):
    """What one person (職員ID) asked for at a desk, by its number, about one other or nobody ("")."""

    desk: int
    asker: str
    about: str
    size: int


def _asked(desks: Sequence[Desk], user: User) -> list[_Group]:
    """What waits and has not lapsed."""
    groups = [_groups(number, desk, user) for number, desk in enumerate(desks)]
    return [_Group(*row) for row in groups[0].union(*groups[1:], all=True)] if groups else []


def _groups(number: int, desk: Desk, user: User) -> Rows:
    rows = desk.rows(user).order_by()
    if desk.rule.asked_at:
        rows = rows.filter(**{f"{desk.rule.asked_at}__gt": lapsed_before()})
    about = Coalesce(F(desk.about), Value("")) if desk.about else Value("")
    named = rows.values(desk=Value(number, IntegerField()), asker=F(desk.rule.asker), whom=Cast(about, TextField()))
    counted: Rows = named.annotate(found=Count("pk")).values_list("desk", "asker", "whom", "found")
    return counted


def _not_with(user: User) -> set[str]:
    """職員ID of those with whom the person may be one through a deputy."""
    represented = {role.acting_for.username for role in roles_in_force(user) if role.acting_for is not None}
    return represented | set(RoleAssignment.objects.filter(acting_for=user).values_list("user__username", flat=True))


def of_request(request: HttpRequest) -> list[Waiting]:
    """Of the person who asks for this page; asked of the database once a page, for the frame and for what it holds."""
    if not hasattr(request, "second_halves"):
        permissions: frozenset[Permission] = getattr(request, "permissions", frozenset())
        desks = TENANT_DESKS if getattr(request, "prefecture", None) else CONSOLE_DESKS
        found = waiting_for(cast("User", request.user), permissions, desks) if permissions else []
        request.second_halves = found  # type: ignore[attr-defined]  # for this request alone
    return cast("list[Waiting]", request.second_halves)  # type: ignore[attr-defined]
