"""Refusals of this room. Each has a stable id and a Japanese message that says what, and what to do."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.permissions import Permission


class AccountError(Exception):
    """An act on an account that cannot be done. The message is shown to the person."""

    identifier: ClassVar[str] = "accounts.refused"


class SamePerson(AccountError):
    """`accounts.same-person`: the second person (二人目の確認者) of an act is its first."""

    identifier = "accounts.same-person"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "起案した本人は承認・確認できません。権限を持つ別の職員に依頼してください。")


class RequestStale(AccountError):
    """`accounts.request-stale`: it waited too long for its second person, or who asked has left or may not ask any more."""

    identifier = "accounts.request-stale"


class NeedsSecondPerson(AccountError):
    """`accounts.needs-second-person`: an act on an account that another person has to approve first."""

    identifier = "accounts.needs-second-person"

    def __init__(self) -> None:
        super().__init__("この操作には二人目の承認が要ります。申請して、承認されてから行ってください。")


class RequestClosed(AccountError):
    """`accounts.request-closed`: the request was decided, withdrawn, or can no longer be carried out."""

    identifier = "accounts.request-closed"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "この申請は既に処理されています。一覧を開き直して確かめてください。")


class RoleNotAllowed(AccountError):
    """`accounts.role-not-allowed`: a role that does not belong to this place or lacks a condition."""

    identifier = "accounts.role-not-allowed"


class SectionRefused(AccountError):
    """`accounts.section-refused`: a 係・担当 without schools, unknown, or under a name that is taken."""

    identifier = "accounts.section-refused"


class LastApprover(AccountError):
    """`accounts.last-approver`: after the act nobody could ask for changes of accounts with another left to approve them."""

    identifier = "accounts.last-approver"

    def __init__(self) -> None:
        super().__init__(
            "この操作をすると、利用者の申請をする人と承認する別の人がそろわなくなり、利用者をもう変えられません。"
            "先に、別の人へテナント管理者か情報セキュリティ管理者の役割を付与し、その人が利用開始の手続を終えてから行ってください。"
            "すぐに使えなくする必要があるときは「認証器の紛失を記録する」を使います。"
        )


class ApproversLeft(AccountError):
    """`accounts.approvers-left`: operators give no role where the prefecture's own people still can."""

    identifier = "accounts.approvers-left"

    def __init__(self) -> None:
        super().__init__(
            "この団体には、利用者の申請をする人と承認する別の人がいます。団体の中で申請して承認してください。何も変更していません。"
        )


class UsernameTaken(AccountError):
    """`accounts.username-taken`: the 職員ID exists already."""

    identifier = "accounts.username-taken"

    def __init__(self) -> None:
        super().__init__("この職員IDは既に使われています。別の職員IDを入力してください。")


class AccountNotCurrent(AccountError):
    """`accounts.not-current`: an activation code for an account that is stopped, over, or begins after the code's end."""

    identifier = "accounts.not-current"


class StoppedMeanwhile(AccountError):
    """`accounts.stopped-meanwhile`: the account or its factors were stopped, or its password changed, since the request began."""

    identifier = "accounts.stopped-meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "手続の途中で、利用が止められたか、認証器・パスワードが変わりました。はじめからログインしてください。"
            "心当たりがないときは、情報セキュリティ管理者に連絡してください。"
        )


class DatesInverted(AccountError):
    """`accounts.dates-inverted`: an end before its start."""

    identifier = "accounts.dates-inverted"

    def __init__(self) -> None:
        super().__init__("終了日が開始日より前です。日付を確かめてください。")


class PasswordUnfit(AccountError):
    """`accounts.password-unfit`: too short, too common, or like the person's own data."""

    identifier = "accounts.password-unfit"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class DevelopmentOnly(AccountError):
    """`accounts.development-only`: a tool for demonstrations was called where it must not exist."""

    identifier = "accounts.development-only"

    def __init__(self) -> None:
        super().__init__("この機能は開発・実演用の設定でだけ使えます。")


class PermissionRefused(PermissionDenied):
    """`accounts.permission-refused`: the guard, or a view, refuses; the page says who may and how to ask."""

    identifier: ClassVar[str] = "accounts.permission-refused"

    def __init__(self, permission: Permission | None) -> None:
        super().__init__("この操作を行う権限がありません。")
        self.permission = permission


class OutsideSchool(Http404):
    """`accounts.outside-school`: a record of a school outside the person's scope; looks like one that does not exist."""

    identifier: ClassVar[str] = "accounts.outside-school"

    def __init__(self, school_code: str) -> None:
        super().__init__("見つかりません。")
        self.school_code = school_code


class StepUpRequired(Exception):
    """`accounts.step-up-required`: the one-time password is too old for this act; the guard asks for it and returns."""

    identifier: ClassVar[str] = "accounts.step-up-required"
