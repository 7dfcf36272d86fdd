"""The parts of the home page, each for those whose permissions give them that work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.review.incidents import reminding
from audit.review.incidents.moves import UNDER_WAY
from audit.review.models import Alert, Incident, IncidentReminder, Reminder
from audit.review.months.closing import open_months
from audit.review.moves import OPEN_STATES
from audit.review.people import askers_of
from audit.review.queries import alerts_for, reminders_of
from config.home import counts
from config.home.counts import Inquiries, Rosters, SchoolCounts
from config.home.links import place
from config.second_halves import Waiting
from domain.households.left_out import LeftOut
from domain.impact.replays import open_findings
from domain.linkage.incoming.queries import overdue
from domain.linkage.persons.queries import waiting_for_code
from domain.linkage.providing.queries import held_while_off
from domain.linkage.waiting import overdue_since
from domain.statements.models import Statement
from domain.statements.queries.listing import BEFORE
from domain.statements.states import BEFORE_COMPUTING

State = Statement.State
APPOINT = "。判定する情報セキュリティ管理者に確かめるか、いなければ別の職員に役割を付与してください"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of わたしの仕事 or 止まっているもの: how many, of what, where to go on."""

    title: str
    count: int
    unit: str
    url: str
    act: str = "続ける"
    note: str = ""


def rosters(permissions: frozenset[Permission], schools: Sequence[SchoolCounts], found: Rosters) -> list[Task]:
    """名簿の取込, as long as a school has none or one was read and not taken in: without it nothing else can begin."""
    missing = max(len(schools) - found.taken, 0)
    if Permission.IMPORT_ROSTER not in permissions or not (missing or found.looked):
        return []
    looked = f"読んだ名簿 {found.looked:,}件を、まだ取り込んでいません" if found.looked else ""
    url = place("households:imports")
    if not missing:
        return [Task("取込前の名簿", found.looked, "件", url, "確かめて取り込む")]
    return [Task("名簿のない学校", missing, "校", url, "名簿を取り込む", looked)]


def my_work(
    user: User, permissions: frozenset[Permission], schools: Sequence[SchoolCounts], left_out: LeftOut
) -> list[Task]:
    """What the person can do now. Lines of another role are left out; 0 stays, so that nothing has to be looked for."""
    count = {state: sum(school.of([state]) for school in schools) for state in State}
    listed = "statements:list"
    tasks = []
    if Permission.IMPORT_ROSTER in permissions and left_out:
        tasks.append(
            Task("名簿から取り込めていない世帯", *left_out.number, place("households:imports"), "直す", left_out.why)
        )
    if Permission.EDIT_STATEMENT in permissions:
        new = max(counts.expected_statements(user) - sum(school.total for school in schools), 0)
        if new:
            made_by = "「学校にある調書をまとめて算定する」で調書を作ります"
            tasks.append(Task("調書のまだない世帯", new, "世帯", place(listed), "調書を作る", made_by))
        entering = sum(count[state] for state in BEFORE_COMPUTING)
        tasks += [
            Task("調書の入力", entering, "件", place(listed, f"state={BEFORE}")),
            Task("調書の要確認", count[State.CHECKING], "件", place(listed, "state=checking")),
            Task("差し戻し", count[State.RETURNED], "件", place(listed, "state=returned"), "理由を見る"),
        ]
        if waiting := counts.waiting_choices(user):
            tasks.append(Task("証明書と回答の選択", waiting, "件", place(listed, "waiting=choice"), "比べて選ぶ"))
    if Permission.FORWARD_STATEMENT in permissions:
        tasks.append(Task("進達できる調書", count[State.COMPUTED], "件", place("statements:forward"), "進達へ進む"))
    if Permission.PROPOSE_DECISION in permissions:
        tasks.append(Task("審査を待つ調書", count[State.FORWARDED], "件", place("statements:review"), "審査する"))
    if Permission.RUN_IMPACT in permissions and (found := open_findings()):
        tasks.append(Task("再計算照合で一致しない計算書", found, "件", place("impact:replays"), "確かめる"))
    return tasks + _overdue_inquiries(permissions) + _copies_left(permissions)


def to_decide(waiting: Sequence[Waiting]) -> list[Task]:
    """What somebody else asked for and this person may decide: without their own, nor what nobody may decide any more."""
    return [
        Task(one.desk.title, one.count, one.desk.unit, place(one.desk.url_name), one.desk.act)
        for one in waiting
        if one.count or one.desk.always
    ]


def comparing(inquiries: Inquiries) -> Task:
    return Task("照会結果の確認", inquiries.lines, "件", place("linkage:reviews", "reason=compare"))


def stuck(user: User, permissions: frozenset[Permission], inquiries: Inquiries) -> list[Task]:
    """What waits for others, and how long."""
    reasons = counts.unregistered(user)
    households, since = counts.waiting_certificates(user)
    days = (timezone.localdate() - timezone.localdate(since)).days if since else 0
    return [
        Task(
            "証明書待ち",
            households,
            "世帯",
            place("statements:list", "waiting=certificate"),
            "見る",
            _wait(days) if households else "",
        ),
        Task("突合で要確認", inquiries.to_compare, "人", place("statements:list", "waiting=match"), "見る"),
        *_long_code_waits(permissions),
        *_unanswered(permissions),
        Task("宛名未登録", sum(reasons.values()), "人", place("unregistered"), "見る", _reasons(reasons)),
    ]


def _long_code_waits(permissions: frozenset[Permission]) -> list[Task]:
    """Who waits for the 符号 longer than the way takes; only for those who can do something about it."""
    if Permission.RUN_LINKAGE not in permissions or not (waiting := waiting_for_code()).long:
        return []
    since = waiting.since or timezone.now()
    note = _wait((timezone.localdate() - timezone.localdate(since)).days)
    return [
        Task("符号が3日以上届かない人", waiting.long, "人", place("linkage:people", "state=acquiring"), "見る", note)
    ]


def _unanswered(permissions: frozenset[Permission]) -> list[Task]:
    """What 統合宛名 did not answer in time; only for those who can ask about it."""
    if Permission.RUN_LINKAGE not in permissions:
        return []
    number, since = overdue_since()
    if since is None:
        return []
    note = _wait((timezone.localdate() - timezone.localdate(since)).days)
    return [Task("統合宛名が回答しない送受信", number, "件", place("linkage:batches"), "確かめる", note)]


def _overdue_inquiries(permissions: frozenset[Permission]) -> list[Task]:
    """Inquiries of other bodies past the day of answering; for those who answer or approve, and only when there are some."""
    if not permissions & {Permission.RUN_LINKAGE, Permission.APPROVE_INQUIRY}:
        return []
    late, due_on = overdue()
    if due_on is None:
        return []
    note = _wait((timezone.localdate() - due_on).days)
    return [Task("期限を過ぎた保留の照会", late, "件", place("linkage:incoming", "show=open"), "回答する", note)]


def _copies_left(permissions: frozenset[Permission]) -> list[Task]:
    """Copies that the other side holds although none is provided any more; for those who run the link or approve its lists."""
    if not permissions & {Permission.RUN_LINKAGE, Permission.APPROVE_INQUIRY} or not (left := held_while_off()):
        return []
    return [Task("削除する副本（副本を登録しない設定）", left, "件", place("linkage:copies"), "一覧を見る")]


def _reasons(reasons: Mapping[str, int]) -> str:
    return "、".join(f"{why} {people:,}人" for why, people in reasons.items())


def _wait(days: int) -> str:
    return f"最長 {days}日" if days else "今日から"


def alerts(user: User) -> dict[str, Any]:
    """警報 that nobody has closed yet, but for those about the person."""
    open_alerts = Q(state__in=OPEN_STATES)
    found = alerts_for(user).aggregate(
        open=Count("pk", filter=open_alerts),
        overdue=Count("pk", filter=open_alerts & Q(due_at__lt=timezone.now())),
        raised=Count("pk", filter=Q(state=Alert.State.RAISED)),
        asked=Count("pk", filter=Q(state__in=(Alert.State.CHECKING, Alert.State.NOTIFIED, Alert.State.ASKED))),
        to_judge=Count("pk", filter=Q(state=Alert.State.ANSWERED)),
        to_close=Count("pk", filter=Q(state=Alert.State.JUDGED)),
    )
    text = (
        f"検知したまま {found['raised']:,}件、確認・照会中 {found['asked']:,}件、"
        f"判定待ち {found['to_judge']:,}件、判定を終えて完了待ち {found['to_close']:,}件"
    )
    if incidents := Incident.objects.filter(state__in=UNDER_WAY).count():
        text += f"。対応中の漏えい等事案 {incidents:,}件"
    if months := len(open_months(timezone.localdate())):
        text += f"。月次点検の残り {months:,}か月分"
    shown = {
        "text": text,
        "state": "要対応" if found["open"] or incidents or months else "確認済",
        "url": place("review:alerts"),
    }
    return found | shown | {"act": "警報を見る" if shown["url"] else "", "trail_url": place("trail:list")}


def reminders(user: User, permissions: frozenset[Permission]) -> list[Task]:
    """Terms of 警報 and of 漏えい等事案 of which this person was told; shown only when there are some."""
    found = (_alert_terms(user, permissions), _incident_terms(user, permissions))
    return [task for task in found if task is not None]


def _alert_terms(user: User, permissions: frozenset[Permission]) -> Task | None:
    told = list(reminders_of(user))
    note = _term_note(told)
    mine = any(one.alert.username == user.username for one in told)
    if not told:
        return None
    if mine or Permission.VIEW_ALERTS in permissions:
        url = place("review:my_alerts" if mine else "review:alerts")
        return Task("警報の期限", len(told), "件", url, "見る", note=note)
    return Task("警報の期限", len(told), "件", place("accounts:users"), "利用者を見る", note=note + APPOINT)


def _incident_terms(user: User, permissions: frozenset[Permission]) -> Task | None:
    told = reminding.standing_for(user) if permissions & reminding.TOLD else []
    if not told:
        return None
    title, note = "漏えい等事案の報告期限", _term_note(told)
    if Permission.VIEW_ALERTS in permissions:
        return Task(title, len(told), "件", place("review:incidents"), "見る", note=note)
    return Task(title, len(told), "件", place("accounts:users"), "利用者を見る", note=note + APPOINT)


def _term_note(told: Sequence[Reminder | IncidentReminder]) -> str:
    passed = sum(one.kind == Reminder.Kind.ESCALATED for one in told)
    return f"期限を過ぎたもの {passed:,}件" if passed else "期限が近づいています"


def questions(user: User) -> Task | None:
    """警報 that wait for this person's own answer: shown to anybody, and only when there are some."""
    asked = Alert.objects.filter(username=user.username, state=Alert.State.ASKED)
    count = len(asked)
    return (
        Task("私への照会", count, "件", place("review:my_alerts"), "回答する", note=askers_of(asked)) if count else None
    )


def users() -> dict[str, Any]:
    """People with an account, and those who have not enrolled yet."""
    found = User.objects.filter(is_active=True).aggregate(total=Count("pk"), new=Count("pk", filter=Q(must_enrol=True)))
    return {"text": f"{found['total']:,}人。認証器の登録待ち {found['new']:,}人", "url": place("accounts:users")}
