"""One Japanese sentence per event: 誰が何をしたか. Made from the stored words alone, so that old events read the same."""

from collections import Counter

from audit.trail.actors import ActorKind
from audit.trail.labels import WORDING, subject_label
from audit.trail.labels_details import CODES
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

_WAYS = {ActorKind.JOB.value: "の処理", ActorKind.COMMAND.value: "のコマンド"}
_OF = {
    Event.READ_LIST_SHOWN.value: ("list", "の"),
    Event.READ_SEARCH_SHOWN.value: ("list", "を"),
    Event.EXPORT_TABLE_MADE.value: ("table", "の"),
}
"""Under which key of the detail it stands, and the word before the act."""


def sentence(event: TrailEvent) -> str:
    """山田 花子（学校事務担当）が世帯を閲覧しました（世帯 1件）。"""
    words = WORDING.get(event.event)
    act = words.act if words else f"「{event.event}」を記録しました"
    return f"{who(event)}が{_which(event)}{act}{_subjects(event)}。"


def _which(event: TrailEvent) -> str:
    """「調書」の: which list or table, where the event says so in a word that is known, or in Japanese."""
    key, joint = _OF.get(event.event, ("", ""))
    said = event.detail.get("一覧" if "一覧" in event.detail else key)
    name = CODES.get(key, {}).get(said, "" if said.isascii() else said) if isinstance(said, str) else ""
    return f"「{name}」{joint}" if name else ""


def who(event: TrailEvent) -> str:
    """The actor in words: name, role of the moment, and whether a job or command acted for them."""
    role = f"（{event.actor_role}）" if event.actor_role else ""
    return f"{event.actor_name or event.actor_id}{role}{_WAYS.get(event.actor_kind, '')}"


def _subjects(event: TrailEvent) -> str:
    counts = Counter(subject.kind for subject in event.subjects)
    if not counts:
        return ""
    return "（" + "、".join(f"{subject_label(kind)} {number:,}件" for kind, number in counts.items()) + "）"
