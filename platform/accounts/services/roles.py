"""Giving and ending roles."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import schools, sections
from accounts.actors import subject
from accounts.errors import RoleNotAllowed
from accounts.hooks import RoleGiven, on_role_given
from accounts.models import EndReason, RoleAssignment, User
from accounts.roles import LIMITED_ROLES, STRONG_ROLES, Role, needs_two_people, roles_of_scope
from accounts.second_person import is_alone, is_approved, require_second_person
from accounts.services import deputies
from accounts.services.locking import lock_person
from accounts.services.people import refuse_self, require_in_order
from accounts.services.sessions import end_live_session
from accounts.services.standing import keeping_approvers
from audit.trail.actors import ActorKind, current_actor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from tenants.core.context import scope

LAPSED = (
    "前の研修から1年がたち、この役割は止まっています。受講日だけでは戻せません。"
    "この役割を終了し、新しい受講日で付与を申請してください（別の人が承認します）。"
)
OVERLAPS = (
    "同じ役割（学校）が、重なる期間に既に付与されています。先に今の付与を終了するか、重ならない日付にしてください。"
)
ALREADY_GIVEN = "同じ役割が既に付与されています。先に今の付与を終了してください。"


def why_not_limited(role: Role, school_code: str) -> str:
    """What keeps the role from being limited to that school, in words; "" when nothing does."""
    if not school_code or role in LIMITED_ROLES:
        return ""
    return f"「{role.label}」は学校を限れない役割です。学校は「すべての学校」にしてください。"


def named_roles_by_two(scope_name: str) -> list[str]:
    """The roles of this scope that one person asks for and another approves, as a page names them; [] in the console."""
    if scope_name == "console":
        return []
    strong = [role.label for role in roles_of_scope(scope_name) if role in STRONG_ROLES]
    return [*strong, f"{Role.BOARD_OFFICER.label}（すべての学校）"]


def assign_role(
    user: User,
    role: Role,
    *,
    school_code: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    training_on: date | None = None,
    acting_for: User | None = None,
) -> RoleAssignment:
    """Give a role from a day (default today) for one school, or with an empty code for all of the prefecture.

    個人番号取扱者 needs a training date. With `acting_for` the role is held in another's place (代決・代理).
    The person's session ends, so that the new duties begin with a log-in.
    Raises RoleNotAllowed, DatesInverted, SamePerson, NeedsSecondPerson (a strong role by one person alone).
    """
    refuse_self(user)
    if needs_two_people(role, school_code):
        require_second_person()
    starts = starts_on or timezone.localdate()
    _require_allowed(role, training_on, school_code)
    require_in_order(starts, ends_on)
    assignment = RoleAssignment(
        user=user, role=role, school_code=school_code, starts_on=starts, ends_on=ends_on, training_on=training_on,
        acting_for=acting_for,
    )  # fmt: skip
    deputies.require_fit(assignment)
    with transaction.atomic():
        lock_person(user.pk)
        _require_apart(assignment)
        _insert(assignment)
        record(Event.ACCOUNT_ROLE_ASSIGNED, subjects=[subject(user)], detail=_detail(assignment))
        actor = current_actor()
        by = actor.id if actor.kind is ActorKind.PERSON else ""
        on_role_given.announce(RoleGiven(user.pk, assignment.pk, timezone.now(), role.value, by, is_approved()))
        _roles_changed(user, now=starts <= timezone.localdate())
    return assignment


def require_assignable(
    user: User,
    role: Role,
    *,
    school_code: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    training_on: date | None = None,
    acting_for: User | None = None,
) -> None:
    """The refusals of `assign_role`, before anybody else is asked. Raises RoleNotAllowed, DatesInverted."""
    _require_allowed(role, training_on, school_code)
    starts = starts_on or timezone.localdate()
    require_in_order(starts, ends_on)
    wanted = RoleAssignment(
        user=user, role=role, school_code=school_code, starts_on=starts, ends_on=ends_on, acting_for=acting_for
    )
    deputies.require_fit(wanted)
    _require_apart(wanted)


def end_role(assignment: RoleAssignment, last_day: date | None = None) -> None:
    """End a role after `last_day` (default: at once, that is, yesterday was the last day). Raises SamePerson, LastApprover."""
    refuse_self(assignment.user)
    today = timezone.localdate()
    last = last_day or today - timedelta(days=1)
    with keeping_approvers(assignment.user, max(today, last + timedelta(days=1))):
        end_given(assignment, last)


def is_over(assignment: RoleAssignment) -> bool:
    """Whether nothing is left to be ended: its last day has passed, or it was taken back."""
    past = assignment.ends_on is not None and assignment.ends_on < timezone.localdate()
    return past or assignment.ended_at is not None


def shorten_role(assignment: RoleAssignment, last_day: date | None) -> None:
    """`end_role` by a person at a page: at once, or after a day from today on and before its end. Raises RoleNotAllowed besides."""
    today = timezone.localdate()
    if is_over(assignment):
        raise RoleNotAllowed("この役割は既に終わっています。一覧を開き直して確かめてください。")
    if last_day is not None and last_day < today:
        raise RoleNotAllowed(
            "最後の日が過ぎた日です。今日か、これからの日を入力してください（空欄は、すぐに終了します）。"
        )
    if last_day is not None and assignment.ends_on is not None and last_day > assignment.ends_on:
        raise RoleNotAllowed("終了日を延ばすことはできません。延ばすときは、役割をあらためて付与してください。")
    if last_day is not None and last_day < assignment.starts_on:
        raise RoleNotAllowed("最後の日が開始日より前です。やめるときは、空欄のまま終了してください。")
    end_role(assignment, last_day)


def end_given(assignment: RoleAssignment, last: date) -> None:
    """The act of `end_role`, whoever is left: for somebody who comes back and never stood among them."""
    today = timezone.localdate()
    with transaction.atomic():
        deputies.end_of(assignment, last)
        if assignment.acting_for_id is not None:
            deputies.end_one(assignment, last)
        elif last < assignment.starts_on:
            record(Event.ACCOUNT_ROLE_ENDED, subjects=[subject(assignment.user)], detail=_detail(assignment))
            assignment.delete()
        else:
            assignment.ends_on = last
            assignment.save(update_fields=["ends_on"])
            record(Event.ACCOUNT_ROLE_ENDED, subjects=[subject(assignment.user)], detail=_detail(assignment))
        _roles_changed(assignment.user, now=last < today)


def record_training(assignment: RoleAssignment, training_on: date) -> None:
    """The yearly training of a 個人番号取扱者. Raises RoleNotAllowed for a day to come, SamePerson for one's own.

    A role that has lapsed is given anew: by one person alone a date would give what two people give.
    """
    refuse_self(assignment.user)
    _require_allowed(Role(assignment.role), training_on)
    if is_alone() and not assignment.is_trained(timezone.localdate()):
        raise RoleNotAllowed(LAPSED)
    with transaction.atomic():
        assignment.training_on = training_on
        assignment.save(update_fields=["training_on"])
        record(Event.ACCOUNT_TRAINING_RECORDED, subjects=[subject(assignment.user)], detail=_detail(assignment))
        forget_roles(assignment.user)


def forget_roles(user: User) -> None:
    """Let the object read its roles again."""
    user.__dict__.pop("roles_today", None)


def _require_allowed(role: Role, training_on: date | None, school_code: str = "") -> None:
    if role not in roles_of_scope(scope()):
        raise RoleNotAllowed(f"「{role.label}」はここでは付与できない役割です。一覧にある役割を選んでください。")
    if refusal := why_not_limited(role, school_code):
        raise RoleNotAllowed(refusal)
    if school_code and current_actor().kind is ActorKind.PERSON and school_code not in dict(schools.places()):
        raise RoleNotAllowed(f"コード {school_code} の学校または係・担当は登録されていません。一覧から選んでください。")
    if sections.is_section(school_code) and sections.of_code(school_code) is None:
        raise RoleNotAllowed("この係・担当は登録されていません。係・担当の一覧で確かめてください。")
    if role == Role.NUMBER_HANDLER and training_on is None:
        raise RoleNotAllowed("個人番号取扱者には研修受講日が必要です。受講日を入力してください。")
    if role == Role.NUMBER_HANDLER and training_on and _is_over(training_on):
        raise RoleNotAllowed("研修受講日から1年がたっています。研修を受け、新しい受講日を入力してください。")
    if training_on is not None and training_on > timezone.localdate():
        raise RoleNotAllowed("研修受講日が未来の日付です。受講した日を入力してください。")


def _is_over(training_on: date) -> bool:
    return RoleAssignment.training_ends_on(training_on) <= timezone.localdate()


def _require_apart(wanted: RoleAssignment) -> None:
    """The same role for the same school in the same place is held once on any day. Raises RoleNotAllowed.

    Sound where the person's row is locked; two at once are then one after the other.
    """
    held = RoleAssignment.objects.filter(
        user=wanted.user, role=wanted.role, school_code=wanted.school_code, acting_for=wanted.acting_for, ended_at=None
    )
    overlapping = held.exclude(ends_on__lt=wanted.starts_on)
    if wanted.ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=wanted.ends_on)
    ends = list(overlapping.values_list("ends_on", flat=True))
    if ends:
        raise RoleNotAllowed(ALREADY_GIVEN if None in ends else OVERLAPS)


def _insert(assignment: RoleAssignment) -> None:
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as error:
        raise RoleNotAllowed(ALREADY_GIVEN) from error


def _roles_changed(user: User, *, now: bool) -> None:
    """What changes on a later day leaves today's session alone."""
    forget_roles(user)
    if now:
        end_live_session(user, EndReason.ROLE)


def _detail(assignment: RoleAssignment) -> dict[str, str | None]:
    return {
        "role": assignment.role,
        "school": assignment.school_code,
        "starts_on": assignment.starts_on.isoformat(),
        "ends_on": assignment.ends_on.isoformat() if assignment.ends_on else None,
        "training_on": assignment.training_on.isoformat() if assignment.training_on else None,
        "acting_for": str(assignment.acting_for_id or ""),
    }
