"""One Japanese sentence per event: 誰が何をしたか. Made from the stored words alone, so that old events read the same."""

from collections import Counter

from audit.trail.actors import ActorKind
from audit.trail.labels import WORDING, subject_label
from audit.trail.reader import TrailEvent

_WAYS = {ActorKind.JOB.value: "の処理", ActorKind.COMMAND.value: "のコマンド"}


def sentence(event: TrailEvent) -> str:
    """山田 花子（学校事務担当）が世帯を閲覧しました（世帯 1件）。"""
    words = WORDING.get(event.event)
    act = words.act if words else f"「{event.event}」を記録しました"
    return f"{who(event)}が{act}{_subjects(event)}。"


def who(event: TrailEvent) -> str:
    """The actor in words: name, role of the moment, and whether a job or command acted for them."""
    role = f"（{event.actor_role}）" if event.actor_role else ""
    return f"{event.actor_name or event.actor_id}{role}{_WAYS.get(event.actor_kind, '')}"


def _subjects(event: TrailEvent) -> str:
    counts = Counter(subject.kind for subject in event.subjects)
    if not counts:
        return ""
    return "（" + "、".join(f"{subject_label(kind)} {number:,}件" for kind, number in counts.items()) + "）"
