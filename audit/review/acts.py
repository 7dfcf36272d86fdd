"""Which acts the page of an alert offers to whom, and their forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from audit.detection import outside_hours
from audit.detection.bearing import bears
from audit.detection.rules import ActKind
from audit.detection.tuning import described
from audit.review import services
from audit.review.forms import AskForm, JudgeForm, NoteForm, ReopenForm, end_of
from audit.review.models import Alert
from audit.review.moves import WAYS, Move, possible

FORMS: Final[Mapping[str, type[forms.Form]]] = {
    Move.CONFIRM: NoteForm,
    Move.NOTIFY: NoteForm,
    Move.JUDGE: JudgeForm,
    Move.ASK: AskForm,
    Move.CLOSE: NoteForm,
    Move.REOPEN: ReopenForm,
}
"""The acts of the monitor and the manager, the likelier first. The operator's own answer has its own page."""

_FOLLOWS = {
    Move.CONFIRM: "証拠を見たことが記録に残ります。",
    Move.NOTIFY: "本人を除く情報セキュリティ管理者の名前が記録に残り、1業務日以内の照会（照会できる人がいないときは判定）を求めます。",
    Move.ASK: "本人の「私への照会」に出て、2業務日以内の回答を求めます。",
    Move.JUDGE: "「目的外の疑い」「なりすましの疑い」は漏えい等事案の候補となり、報告の期限を表示します。",
    Move.CLOSE: "この警報の確認を終えます。記録は残ります。",
    Move.REOPEN: "前の判定は経過に残り、別の情報セキュリティ管理者が改めて判定します。申し出た本人は判定できません。",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act with its form. Without the permission the button is replaced by who may."""

    move: Move
    label: str
    follows: str
    form: forms.Form
    refusal: str


def offered(alert: Alert, user: User, typed: Mapping[Move, forms.Form]) -> list[Offer]:
    """The acts that the state allows; `typed` are forms that came back with an error."""
    return [
        _offer(alert, move, user, typed.get(move))
        for move in map(Move, FORMS)
        if possible(alert, move) or move in typed
    ]


def _offer(alert: Alert, move: Move, user: User, typed: forms.Form | None) -> Offer:
    way = WAYS[move]
    again = move is Move.ASK and alert.state == Alert.State.ANSWERED
    form = typed or _new_form(alert, move)
    refusal = "" if may(user, way.permission) else f"「{way.permission.label}」役割の人が行います。"
    return Offer(move, "もう一度照会する" if again else way.label, _FOLLOWS[move], form, refusal)


def _new_form(alert: Alert, move: Move) -> forms.Form:
    form = FORMS[move](initial=_initial(alert, move), auto_id=f"id_{move}_%s")
    about = "" if alert.is_about_office else alert.username
    if move is Move.JUDGE and (described(alert.rule) is None or not bears(alert.rule, about)):
        del form.fields["quiet_until"]
    return form


def _initial(alert: Alert, move: Move) -> dict[str, str]:
    """The question in words that fit any rule, and give away none: who is asked must not learn what is looked for."""
    if move is not Move.ASK:
        return {}
    at = timezone.localtime(alert.occurred_at)
    what = alert.detail.get("act", "")
    act = ActKind(what).label if what in list(ActKind) else "操作"
    outside = "利用時間外の" if alert.rule == outside_hours.RULE.id else ""
    return {
        "text": f"{at.month}月{at.day}日 {at.hour}:{at.minute:02}に、あなたの職員IDで、{outside}{act}がありました。"
        "あなたの操作かどうかと、行った業務とその理由をお答えください。"
    }


def perform(move: Move, alert_id: UUID, user: User, values: Mapping[str, Any]) -> None:
    """Do the act with the form's values. Raises what the services raise."""
    if move is Move.JUDGE:
        day = values["quiet_until"]
        until = end_of(day) if day else None
        services.judge(alert_id, user, Alert.Verdict(values["verdict"]), values["text"], quiet_until=until)
        return
    plain: dict[Move, Callable[[UUID, User, str], Alert]] = {
        Move.CONFIRM: services.confirm,
        Move.NOTIFY: services.notify,
        Move.ASK: services.ask,
        Move.CLOSE: services.close,
        Move.REOPEN: services.reopen,
    }
    plain[move](alert_id, user, values["text"])
