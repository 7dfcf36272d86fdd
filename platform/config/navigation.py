"""The places of each role, in the order of the work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.access import roles_in_force
from accounts.permissions import Permission, permissions_of
from config import second_halves
from domain.handover.links import carried_kind
from web.components import Place as Link


@dataclass(frozen=True, slots=True)
class Place:
    title: str
    url_name: str
    permission: Permission
    link: str = ""
    """Only where the prefecture's link to 統合宛名 is of this kind (`medium`, `terminal`)."""


TENANT_PLACES = (
    Place("ホーム", "home", Permission.VIEW_HOME),
    Place("名簿取込", "households:imports", Permission.IMPORT_ROSTER),
    Place("番号受入", "vault:deposits", Permission.IMPORT_NUMBERS),
    Place("番号の管理", "vault:keeping", Permission.MANAGE_VAULT),
    Place("番号の承認", "vault:approvals", Permission.APPROVE_VAULT),
    Place("世帯", "households:list", Permission.VIEW_HOUSEHOLD),
    Place("情報照会", "linkage:overview", Permission.RUN_LINKAGE),
    Place("宛名の状態", "linkage:people", Permission.RUN_LINKAGE),
    Place("照会対象", "linkage:targets", Permission.APPROVE_INQUIRY),
    Place("照会結果", "linkage:reviews", Permission.REVIEW_MATCH),
    Place("副本", "linkage:copies", Permission.VIEW_TARGETS),
    Place("照会への回答", "linkage:incoming", Permission.VIEW_TARGETS),
    Place("媒体の受渡し", "handover:medium", Permission.CARRY_MEDIUM, link="medium"),
    Place("作業票", "handover:sheets", Permission.KEY_TERMINAL, link="terminal"),
    Place("調書", "statements:list", Permission.VIEW_HOUSEHOLD),
    Place("審査・決定", "statements:review", Permission.REVIEW_STATEMENT),
    Place("支給", "payments:rounds", Permission.VIEW_HOUSEHOLD),
    Place("年度定義", "yearpacks:overview", Permission.VIEW_YEARPACK),
    Place("影響試算", "impact:list", Permission.RUN_IMPACT),
    Place("帳票", "reports:files", Permission.DOWNLOAD_FILE),
    Place("処理", "jobs", Permission.VIEW_JOBS),
    Place("警報", "review:alerts", Permission.VIEW_ALERTS),
    Place("見守りの承認", "review:loosenings", Permission.APPROVE_LOOSENING),
    Place("月次点検", "review:months", Permission.VIEW_ALERTS),
    Place("記録", "trail:list", Permission.VIEW_TRAIL),
    Place("記録の保全", "trail:keeping", Permission.VIEW_TRAIL),
    Place("請求・問合せ", "trail:requests", Permission.EXPORT_TRAIL),
    Place("学校", "households:schools", Permission.MANAGE_SCHOOLS),
    Place("利用者", "accounts:users", Permission.MANAGE_USERS),
    Place("利用者の申請", "accounts:requests", Permission.APPROVE_ACCOUNT),
    Place("人事異動", "staffing:transfers", Permission.APPROVE_ACCOUNT),
)
CONSOLE_PLACES = (
    Place("団体", "console:prefectures", Permission.VIEW_PREFECTURES),
    Place("導入", "console:onboarding", Permission.ONBOARD_PREFECTURE),
    Place("年度定義", "console:packs", Permission.VIEW_SHIPPED_PACKS),
    Place("立入り", "console:visits", Permission.ONBOARD_PREFECTURE),
    Place("健全性", "console:health", Permission.VIEW_PLATFORM_HEALTH),
)


def places(request: HttpRequest) -> list[Link]:
    """Places this person may enter, for the frame of every page."""
    if not request.user.is_authenticated or request.user.vendor_window_id is not None:
        return []
    allowed = permissions_of(assignment.role for assignment in roles_in_force(request.user))
    table = TENANT_PLACES if getattr(request, "prefecture", None) else CONSOLE_PLACES
    waits = _waits(request)
    return [Link(place.title, url, waits.get(place.url_name)) for place, url in _reachable(table, allowed)]


def _waits(request: HttpRequest) -> dict[str, int]:
    """What waits for this person to decide, by place; a place where nothing does is left out."""
    found: dict[str, int] = {}
    for one in second_halves.of_request(request):
        if one.count:
            found[one.desk.nav] = found.get(one.desk.nav, 0) + one.count
    return found


def _reachable(table: tuple[Place, ...], allowed: frozenset[Permission]) -> Iterator[tuple[Place, str]]:
    entered = [place for place in table if place.permission in allowed]
    carried = carried_kind() if any(place.link for place in entered) else ""
    for place in entered:
        if place.link in ("", carried):
            try:
                yield place, reverse(place.url_name)
            except NoReverseMatch:
                continue
