"""Who may do what: the permission matrix as data. `docs/accounts.md` is made from it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from accounts.roles import Role


class Permission(StrEnum):
    VIEW_HOME = "view_home"
    VIEW_HOUSEHOLD = "view_household"
    IMPORT_ROSTER = "import_roster"
    IMPORT_NUMBERS = "import_numbers"
    REVEAL_NUMBER = "reveal_number"
    MANAGE_VAULT = "manage_vault"
    APPROVE_VAULT = "approve_vault"
    RUN_LINKAGE = "run_linkage"
    VIEW_TARGETS = "view_targets"
    APPROVE_INQUIRY = "approve_inquiry"
    CARRY_MEDIUM = "carry_medium"
    KEY_TERMINAL = "key_terminal"
    REVIEW_MATCH = "review_match"
    EDIT_STATEMENT = "edit_statement"
    FORWARD_STATEMENT = "forward_statement"
    REVIEW_STATEMENT = "review_statement"
    PROPOSE_DECISION = "propose_decision"
    APPROVE_DECISION = "approve_decision"
    ENTER_EXPENSE = "enter_expense"
    CALCULATE_ROUND = "calculate_round"
    APPROVE_ROUND = "approve_round"
    VIEW_YEARPACK = "view_yearpack"
    EDIT_YEARPACK = "edit_yearpack"
    APPROVE_YEARPACK = "approve_yearpack"
    DOWNLOAD_FILE = "download_file"
    EDIT_WORDING = "edit_wording"
    APPROVE_WORDING = "approve_wording"
    RUN_IMPACT = "run_impact"
    VIEW_JOBS = "view_jobs"
    VIEW_TRAIL = "view_trail"
    EXPORT_TRAIL = "export_trail"
    VIEW_ALERTS = "view_alerts"
    HANDLE_ALERT = "handle_alert"
    JUDGE_ALERT = "judge_alert"
    APPROVE_LOOSENING = "approve_loosening"
    MANAGE_USERS = "manage_users"
    APPROVE_ACCOUNT = "approve_account"
    MANAGE_SCHOOLS = "manage_schools"
    VIEW_PREFECTURES = "view_prefectures"
    ONBOARD_PREFECTURE = "onboard_prefecture"
    CONFIGURE_ADAPTER = "configure_adapter"
    ACTIVATE_ADAPTER = "activate_adapter"
    VIEW_PLATFORM_HEALTH = "view_platform_health"
    VIEW_SHIPPED_PACKS = "view_shipped_packs"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: Final[dict[Permission, str]] = {
    Permission.VIEW_HOME: "ホームと自分のアカウントを開く",
    Permission.VIEW_HOUSEHOLD: "世帯・児童生徒・調書を見る",
    Permission.IMPORT_ROSTER: "名簿を取り込む",
    Permission.IMPORT_NUMBERS: "個人番号を取り込む",
    Permission.REVEAL_NUMBER: "個人番号を表示する",
    Permission.MANAGE_VAULT: "番号の保管・利用・廃棄を起案する",
    Permission.APPROVE_VAULT: "番号の利用・廃棄を承認し、鍵を更新する",
    Permission.RUN_LINKAGE: "統合宛名への登録・情報照会・情報提供を行う",
    Permission.VIEW_TARGETS: "照会対象一覧・副本・送受信の照合を見る",
    Permission.APPROVE_INQUIRY: "照会対象一覧・副本登録一覧を承認し、照会項目・情報提供を設定する",
    Permission.CARRY_MEDIUM: "媒体の持ち出し・取込・消去を行う",
    Permission.KEY_TERMINAL: "作業票を見て、端末の表示を入力する",
    Permission.REVIEW_MATCH: "突合結果を確認する",
    Permission.EDIT_STATEMENT: "調書を入力する",
    Permission.FORWARD_STATEMENT: "調書を進達する",
    Permission.REVIEW_STATEMENT: "調書を審査する",
    Permission.PROPOSE_DECISION: "支弁区分の決定を起案する",
    Permission.APPROVE_DECISION: "支弁区分の決定を承認する",
    Permission.ENTER_EXPENSE: "使用経費を入力する",
    Permission.CALCULATE_ROUND: "支給額を算定する",
    Permission.APPROVE_ROUND: "支給を承認する",
    Permission.VIEW_YEARPACK: "年度定義を見る",
    Permission.EDIT_YEARPACK: "年度定義の改訂を作り、提案する",
    Permission.APPROVE_YEARPACK: "年度定義の改訂と適用を承認する",
    Permission.DOWNLOAD_FILE: "帳票・ファイルを出力する",
    Permission.EDIT_WORDING: "決定通知書の文面を提案する",
    Permission.APPROVE_WORDING: "決定通知書の文面を承認する",
    Permission.RUN_IMPACT: "影響試算と再計算照合を行う",
    Permission.VIEW_JOBS: "処理の進み具合を見る",
    Permission.VIEW_TRAIL: "操作記録を見る",
    Permission.EXPORT_TRAIL: "操作記録を書き出し、開示などの請求に答える",
    Permission.VIEW_ALERTS: "警報を見る",
    Permission.HANDLE_ALERT: "警報に対応する",
    Permission.JUDGE_ALERT: "警報を判定する",
    Permission.APPROVE_LOOSENING: "見守りを緩める申請を承認する",
    Permission.MANAGE_USERS: "利用者と役割を管理する",
    Permission.APPROVE_ACCOUNT: "利用者の申請を承認する",
    Permission.MANAGE_SCHOOLS: "学校を登録する",
    Permission.VIEW_PREFECTURES: "団体の一覧を見る",
    Permission.ONBOARD_PREFECTURE: "団体を導入する",
    Permission.CONFIGURE_ADAPTER: "宛名接続を設定する",
    Permission.ACTIVATE_ADAPTER: "宛名接続を有効化する",
    Permission.VIEW_PLATFORM_HEALTH: "基盤の状態を見る",
    Permission.VIEW_SHIPPED_PACKS: "収録している年度定義を見る",
}

_P = Permission

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.SCHOOL_CLERK: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_HOUSEHOLD,
            _P.IMPORT_ROSTER,
            _P.REVIEW_MATCH,
            _P.EDIT_STATEMENT,
            _P.ENTER_EXPENSE,
            _P.DOWNLOAD_FILE,
            _P.VIEW_JOBS,
            _P.VIEW_YEARPACK,
        }
    ),
    Role.PRINCIPAL: frozenset(
        {_P.VIEW_HOME, _P.VIEW_HOUSEHOLD, _P.FORWARD_STATEMENT, _P.DOWNLOAD_FILE, _P.VIEW_JOBS, _P.VIEW_YEARPACK},
    ),
    Role.NUMBER_HANDLER: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_HOUSEHOLD,
            _P.IMPORT_NUMBERS,
            _P.REVEAL_NUMBER,
            _P.MANAGE_VAULT,
            _P.RUN_LINKAGE,
            _P.VIEW_TARGETS,
            _P.CARRY_MEDIUM,
            _P.KEY_TERMINAL,
            _P.REVIEW_MATCH,
            _P.VIEW_JOBS,
        }
    ),
    Role.BOARD_OFFICER: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_HOUSEHOLD,
            _P.IMPORT_ROSTER,
            _P.RUN_LINKAGE,
            _P.VIEW_TARGETS,
            _P.CARRY_MEDIUM,
            _P.KEY_TERMINAL,
            _P.REVIEW_MATCH,
            _P.REVIEW_STATEMENT,
            _P.PROPOSE_DECISION,
            _P.ENTER_EXPENSE,
            _P.CALCULATE_ROUND,
            _P.DOWNLOAD_FILE,
            _P.RUN_IMPACT,
            _P.VIEW_JOBS,
            _P.VIEW_YEARPACK,
            _P.EDIT_YEARPACK,
            _P.EDIT_WORDING,
            _P.MANAGE_SCHOOLS,
        }
    ),
    Role.APPROVER: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_HOUSEHOLD,
            _P.REVIEW_STATEMENT,
            _P.VIEW_TARGETS,
            _P.APPROVE_INQUIRY,
            _P.APPROVE_DECISION,
            _P.APPROVE_ROUND,
            _P.DOWNLOAD_FILE,
            _P.RUN_IMPACT,
            _P.VIEW_JOBS,
            _P.VIEW_YEARPACK,
            _P.APPROVE_YEARPACK,
            _P.APPROVE_WORDING,
            _P.APPROVE_LOOSENING,
        }
    ),
    Role.MONITOR: frozenset({_P.VIEW_HOME, _P.VIEW_TRAIL, _P.VIEW_ALERTS, _P.HANDLE_ALERT}),
    Role.SECURITY_MANAGER: frozenset(
        {_P.VIEW_HOME, _P.VIEW_TRAIL, _P.VIEW_ALERTS, _P.HANDLE_ALERT, _P.JUDGE_ALERT, _P.APPROVE_VAULT, _P.VIEW_JOBS}
        | {_P.APPROVE_ACCOUNT, _P.EXPORT_TRAIL, _P.APPROVE_LOOSENING}
    ),
    Role.TENANT_ADMIN: frozenset({_P.VIEW_HOME, _P.MANAGE_USERS, _P.APPROVE_ACCOUNT, _P.MANAGE_SCHOOLS}),
    Role.OPERATOR: frozenset(
        {
            _P.VIEW_HOME,
            _P.VIEW_PREFECTURES,
            _P.ONBOARD_PREFECTURE,
            _P.CONFIGURE_ADAPTER,
            _P.ACTIVATE_ADAPTER,
            _P.VIEW_PLATFORM_HEALTH,
            _P.VIEW_JOBS,
            _P.VIEW_SHIPPED_PACKS,
        }
    ),
    Role.PLATFORM_MONITOR: frozenset(
        {_P.VIEW_HOME, _P.VIEW_PREFECTURES, _P.VIEW_PLATFORM_HEALTH, _P.VIEW_SHIPPED_PACKS}
    ),
}

NUMBER_PERMISSIONS: Final = frozenset(
    {_P.IMPORT_NUMBERS, _P.REVEAL_NUMBER, _P.MANAGE_VAULT, _P.CARRY_MEDIUM, _P.KEY_TERMINAL}
)
"""Pages on which individual numbers are seen, typed or carried: they ask for more than the permission (`accounts.numbers`)."""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles together allow. A role name that is no longer in the enum allows nothing."""
    known = {role.value: allowed for role, allowed in ROLE_PERMISSIONS.items()}
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold a permission, in the order of the enum (for "who may" on a refusal)."""
    return [role for role in Role if permission in ROLE_PERMISSIONS[role]]
