"""Reads of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone
from django_otp_webauthn.models import WebAuthnCredential

from accounts import schools
from accounts.field_matrix import title_of
from accounts.models import AccountRequest, ActivationCode, RoleAssignment, SessionRecord, TotpDevice, User
from accounts.models.activation import ACTIVATION_VALID
from accounts.permissions import Permission, roles_with
from accounts.roles import Role
from accounts.services import places, requests
from web.dates import to_wareki_short

RECENT_LOGINS = 10


def people(words: str = "", *, with_stopped: bool = False) -> QuerySet[User]:
    """Accounts for the manager's list, each with its open roles prefetched and marks for what it waits for."""
    now = timezone.now()
    open_code = ActivationCode.objects.filter(
        user=OuterRef("pk"), used_at=None, revoked_at=None, issued_at__gt=now - ACTIVATION_VALID
    )
    found = User.objects.annotate(has_open_code=Exists(open_code)).prefetch_related("role_assignments")
    if not with_stopped:
        found = found.filter(is_active=True)
    for word in words.split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(display_name__icontains=word)
            | Q(kana__icontains=word)
            | Q(section__icontains=word)
        )
    return found.order_by("username")


def assignments_of(user: User) -> QuerySet[RoleAssignment]:
    """All roles of a person, the ended ones last."""
    return (
        user.role_assignments.select_related("acting_for")
        .annotate(ended=Count("ends_on"))
        .order_by("ended", "role", "school_code", "starts_on")
    )


def recent_sessions(user: User) -> QuerySet[SessionRecord]:
    return SessionRecord.objects.filter(user=user).order_by("-started_at")[:RECENT_LOGINS]


def session_before(session: SessionRecord) -> SessionRecord | None:
    """The person's log-in before this one."""
    earlier = SessionRecord.objects.filter(user=session.user_id, started_at__lt=session.started_at)
    return earlier.order_by("-started_at").first()


def has_factor(user: User) -> bool:
    """Whether the person can pass the second step of a log-in."""
    kinds = (TotpDevice, WebAuthnCredential)
    return not user.must_enrol and any(kind.objects.filter(user=user, confirmed=True).exists() for kind in kinds)


def managers() -> list[str]:
    """Names of those who manage accounts here, for "ask …" on a refusal."""
    today = timezone.localdate()
    holders = RoleAssignment.objects.select_related("user").filter(
        role__in=roles_with(Permission.MANAGE_USERS), user__is_active=True
    )
    names = [one.user.display_name for one in holders if one.is_in_force(today) and one.user.is_current(today)]
    return sorted(set(names))


def display_names() -> dict[str, str]:
    """職員ID → 氏名 of everybody in this scope, stopped accounts too: one query."""
    return dict(User.objects.values_list("username", "display_name"))


def waiting_place_requests() -> QuerySet[AccountRequest]:
    kinds = (AccountRequest.Kind.PLACE, AccountRequest.Kind.PLACE_END)
    return AccountRequest.objects.filter(kind__in=kinds, state=AccountRequest.State.WAITING)


def waiting_window_requests() -> QuerySet[AccountRequest]:
    return AccountRequest.objects.filter(kind=AccountRequest.Kind.VENDOR, state=AccountRequest.State.WAITING)


def waiting_section_requests() -> QuerySet[AccountRequest]:
    return AccountRequest.objects.filter(kind=AccountRequest.Kind.SECTION, state=AccountRequest.State.WAITING)


@dataclass(frozen=True, slots=True)
class RequestWords:
    """An account request as the list shows it: about whom, and what would be done."""

    whom: str
    what: str


def account_requests() -> QuerySet[AccountRequest]:
    """What waits first, then the newest."""
    waiting = Case(When(state=AccountRequest.State.WAITING, then=0), default=1)
    return AccountRequest.objects.select_related("user").order_by(waiting, "-asked_at", "-pk")


def waiting_account_requests() -> int:
    """How many somebody may still approve: a stale one stands in the list, and waits for nobody."""
    rows = AccountRequest.objects.filter(state=AccountRequest.State.WAITING)
    return requests.APPROVAL.each_row_why_stale(rows).count("")


def described_all(rows: Iterable[AccountRequest]) -> list[RequestWords]:
    """`described` of each, for a list: the number of queries does not grow with them."""
    listed = list(rows)
    names = display_names() if any(row.content.get("acting_for") for row in listed) else {}
    return [described(row, names) for row in listed]


def described(row: AccountRequest, names: Mapping[str, str] | None = None) -> RequestWords:
    """For people who decide: whom it is about, and what will be done. `names`: of people by 職員ID; None: they are read."""
    content, kinds = row.content, AccountRequest.Kind
    if row.kind == kinds.PERSON:
        whom = str(row.user) if row.user else f"{content.get('display_name', '')}（{content.get('username', '')}）"
        return RequestWords(whom, "、".join(part for part in (content.get("section", ""), _span(content)) if part))
    if row.kind == kinds.ROLE:
        parts = (Role(content["role"]).label, schools.name_of(content.get("school_code", "")), _span(content))
        trained = content.get("training_on")
        training = f"研修受講日 {to_wareki_short(date.fromisoformat(trained))}" if trained else ""
        deputy = _deputy_of(content.get("acting_for") or "", names)
        return RequestWords(str(row.user), "、".join(part for part in (*parts, training, deputy) if part))
    if row.kind == kinds.CODE:
        return RequestWords(str(row.user), "認証器を失った人などに、利用開始コードをもう一度発行します")
    if row.kind == kinds.VENDOR:
        pages = "、".join(title_of(name) for name in content["pages"])
        what = f"目的: {content['purpose']}。画面: {pages}。承認から{content['hours']}時間、見るだけです"
        return RequestWords(f"運用者 {content['operator']}", what)
    if row.kind == kinds.SECTION:
        named = "、".join(schools.name_of(code) for code in content["school_codes"])
        return RequestWords(content["name"], f"受け持つ学校を{named}にします。{_span(content)}")
    return _described_place(row)


def _deputy_of(username: str, names: Mapping[str, str] | None) -> str:
    if not username:
        return ""
    name = (display_names() if names is None else names).get(username, "")
    return f"{name}さん（{username}）の代決・代理" if name else f"{username} の代決・代理"


PLACE_NAMES = {"network": "庁内の回線", "terminal": "端末"}


def _described_place(row: AccountRequest) -> RequestWords:
    content = row.content
    name = PLACE_NAMES[content["kind"]]
    if row.kind == AccountRequest.Kind.PLACE:
        return RequestWords(name, f"{content['name']}（{content['value']}）を、番号を扱う場所として登録します")
    words = f"{content['words']}を、番号を扱う場所から外します"
    return RequestWords(name, f"{words}。{last_place_words(content['kind'])}" if removes_last(row) else words)


def removes_last(row: AccountRequest) -> bool:
    """Whether this waiting request would take the last place of its kind away."""
    if row.kind != AccountRequest.Kind.PLACE_END or row.state != AccountRequest.State.WAITING:
        return False
    place = places.find(row.content["kind"], row.content["place"])
    return place is not None and places.is_last(place)


def last_place_words(kind: str) -> str:
    """What follows when the last place of a kind goes."""
    return f"これが最後の{PLACE_NAMES[kind]}です。外すと、番号を扱う画面をどの{PLACE_NAMES[kind]}からでも開けるようになります"


def _span(content: dict[str, Any]) -> str:
    """R8.4.1〜R9.3.31, or "" without any day."""
    days = [
        to_wareki_short(date.fromisoformat(day)) if day else "" for day in map(content.get, ("starts_on", "ends_on"))
    ]
    return "〜".join(days) if any(days) else ""
