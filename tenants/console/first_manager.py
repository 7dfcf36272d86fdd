"""The first テナント管理者 of a prefecture: a person whom the application names, never an account of nobody.

Name and 職員ID stand at the onboarding step, for the page that hands the code over has to say whom it is for. They may be stated
anew until that person has come in: who was meant moved away, or the 職員ID was misspelt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from accounts.models.people import why_not_a_username
from accounts.roles import Role
from accounts.services.attempts import canonical_username
from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from tenants.console.errors import RequestRefused
from tenants.console.models import OnboardingStep
from tenants.core import keys
from tenants.core.context import console_context, prefecture_context
from tenants.core.models import Prefecture

HANDOVER_PURPOSE: Final = "handover"
BEFORE_LIVE: Final = (Prefecture.State.PREPARING, Prefecture.State.TESTING)
_LONGEST_NAME: Final = 80
NOT_THE_OPERATORS: Final = (
    "運用を始めた団体の管理者は、運用者からは登録できません。団体のテナント管理者に依頼してください。"
)


@dataclass(frozen=True, slots=True)
class FirstManager:
    """A person of the prefecture. `username`: their 職員ID."""

    username: str
    name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "username", canonical_username(self.username))
        object.__setattr__(self, "name", self.name.strip())

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）" if self.username else "なし"

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong, as (entry of the form, message)."""
        if refusal := why_not_a_username(self.username):
            yield "manager_username", f"最初の管理者: {refusal}"
        if not 0 < len(self.name) <= _LONGEST_NAME:
            yield (
                "manager_name",
                f"最初の管理者の氏名を{_LONGEST_NAME}文字以内で入力してください（例: 奈良 花子）。役職の名前ではなく、本人の氏名です。",
            )

    def as_cells(self) -> list[str]:
        """For keeping as JSON."""
        return [self.username, self.name]


def stated_manager(prefecture_code: str) -> FirstManager:
    """As the application names them now; without 職員ID and name where none was registered."""
    return manager_of(OnboardingStep.objects.filter(prefecture_code=prefecture_code, name=_STEP).first())


def manager_of(step: OnboardingStep | None) -> FirstManager:
    username, name = step.stated if step is not None and step.stated else ("", "")
    return FirstManager(username, name)


def restate(prefecture: Prefecture, manager: FirstManager) -> None:
    """Another person, or another spelling. A code that waits is nobody's from now on; the step, run again, makes a new one.

    Call outside of transactions. Raises RequestRefused, also where a テナント管理者 has come in: people are theirs from then on.
    """
    for field, message in manager.problems():
        raise RequestRefused(message, field)
    if why_not := why_not_restated(prefecture):
        raise RequestRefused(why_not)
    steps = OnboardingStep.objects.filter(prefecture_code=prefecture.code, name=_STEP)
    with transaction.atomic():
        steps.update(stated=manager.as_cells(), handover=b"")
        record(Event.CONSOLE_MANAGER_RESTATED, subjects=[Subject("prefecture", prefecture.code)])


def why_not_restated(prefecture: Prefecture) -> str:
    """Why the first manager is not the operators' to name any more; "" while they are."""
    if prefecture.state not in BEFORE_LIVE:
        return NOT_THE_OPERATORS
    made = OnboardingStep.objects.filter(prefecture_code=prefecture.code, name=_STEP, state=OnboardingStep.State.DONE)
    if made.exists():  # else there is no account yet, and perhaps no table
        with prefecture_context(prefecture):
            if _came_in():
                return "テナント管理者が利用開始の手続を始めています。利用者の登録と変更は、団体のテナント管理者に依頼してください。"
    return ""


def register(prefecture: Prefecture) -> str:
    """The onboarding step: their account and role, and an activation code that waits sealed for one look.

    A code that still waits is left as it is. Only while the prefecture is being brought in and no テナント管理者 has ever come in:
    afterwards its people are its own affair, and no operator gets a code for any of them.
    """
    if prefecture.state not in BEFORE_LIVE:
        return "運用を始めた団体のため、管理者の登録は行いません"
    with console_context():
        step = OnboardingStep.objects.get(prefecture_code=prefecture.code, name=_STEP)
        manager = manager_of(step)
    with prefecture_context(prefecture):
        if _came_in():
            return "テナント管理者は登録済みです"
        user = _account_of(manager)
        newest = user.activation_codes.first()
        if step.handover and newest is not None and newest.is_open(timezone.now()):
            return "利用開始コードが受け渡しを待っています"
        code = accounts.issue_activation_code(user)
    with console_context():
        sealed = keys.seal(HANDOVER_PURPOSE, code.encode(), prefecture.code)
        OnboardingStep.objects.filter(prefecture_code=prefecture.code, name=_STEP).update(
            handover=sealed, by_id=current_actor().id
        )
    return "テナント管理者を登録しました。利用開始コードを一度だけ表示できます"


def _account_of(manager: FirstManager) -> User:
    """Made, or as it is. Whoever was named before, and has not come in, is stopped: nobody waits there in their place."""
    for other in User.objects.filter(_IS_MANAGER, is_active=True).exclude(username=manager.username).distinct():
        accounts.disable_user(other)
    user: User | None = User.objects.filter(username=manager.username).first()
    if user is None:
        user = accounts.create_user(manager.username, manager.name)
        accounts.assign_role(user, Role.TENANT_ADMIN)
        return user
    if not user.is_active:
        accounts.enable_user(user)
    if user.display_name != manager.name:
        accounts.change_user(
            user,
            display_name=manager.name,
            kana=user.kana,
            section=user.section,
            starts_on=user.starts_on,
            ends_on=user.ends_on,
        )
    if not any(row.role == Role.TENANT_ADMIN for row in User.objects.get(pk=user.pk).roles_today):
        accounts.assign_role(user, Role.TENANT_ADMIN)
    return user


def _came_in() -> bool:
    """Whether any テナント管理者, of today or earlier, is enrolled or ever logged in."""
    return User.objects.filter(_IS_MANAGER).filter(Q(must_enrol=False) | Q(session_records__isnull=False)).exists()


_STEP: Final = OnboardingStep.Name.ADMINISTRATOR
_IS_MANAGER: Final = Q(role_assignments__role=Role.TENANT_ADMIN)
