"""The list of prefectures as the console may see it: registry, adapter versions, its own jobs, counts of the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from audit.trail.recorder import TrailUnavailable
from jobs.models import Job
from jobs.states import LIVE
from tenants.console import backups
from tenants.console.link_states import NOTHING, LinkFigures, link_states
from tenants.console.models import AdapterDraft
from tenants.console.trail_counts import TrailCount, counts_by_scope
from tenants.console.watch_load import Load, loads
from tenants.core import versions
from tenants.core.models import Prefecture
from web.states import Tone

State = AdapterDraft.State


@dataclass(frozen=True, slots=True)
class PrefectureRow:
    """One line. `active` is the adapter version in force, `newest` the last one written, `tried` the last one checked."""

    prefecture: Prefecture
    active: AdapterDraft | None
    newest: AdapterDraft | None
    tried: AdapterDraft | None
    jobs: int
    trail: TrailCount | None
    load: Load | None = None
    link: LinkFigures = NOTHING
    backup: tuple[str, Tone] = ("記録なし", Tone.ATTENTION)

    @property
    def tables(self) -> tuple[str, str]:
        return tables_state(self.prefecture)

    @property
    def last_day(self) -> date | None:
        return self.trail.last_day if self.trail else None

    @property
    def recent(self) -> int:
        return self.trail.recent if self.trail else 0


@dataclass(frozen=True, slots=True)
class _Told:
    """What the trail says, by scope or by prefecture."""

    counts: Mapping[str, TrailCount]
    loads: Mapping[int, Load]


def tables_state(prefecture: Prefecture) -> tuple[str, str]:
    """Word and tone of the prefecture's tables beside the program's."""
    if not prefecture.migrations:
        return "未作成", "empty"
    return ("一致", "done") if prefecture.migrations == versions.of_the_code() else ("更新待ち", "attention")


def rows() -> tuple[list[PrefectureRow], bool]:
    """All prefectures, and whether the trail could be asked. A trail that is away must not hide the prefectures."""
    prefectures = list(Prefecture.objects.all())
    drafts = _drafts_by_prefecture()
    jobs = live_jobs(prefectures)
    taken = backups.newest()
    try:
        told: _Told | None = _Told(counts_by_scope(), {one.prefecture.pk: one for one in loads(prefectures)})
    except TrailUnavailable:
        told = None
    found = [_row(one, drafts.get(one.pk, []), jobs[one.code], told or _Told({}, {})) for one in prefectures]
    links = link_states()
    return [
        replace(
            row,
            backup=backups.state_of(taken.get(row.prefecture.pk)),
            link=links.get(row.prefecture.schema_name, NOTHING),
        )
        for row in found
    ], told is not None


def live_jobs(prefectures: Iterable[Prefecture]) -> Counter[str]:
    """Waiting and running jobs of the console by 団体コード. What runs inside a prefecture the console cannot see."""
    code_of = {one.pk: one.code for one in prefectures}
    drafts = dict(AdapterDraft.objects.values_list("pk", "prefecture_id"))
    found: Counter[str] = Counter()
    for args in Job.objects.filter(state__in=LIVE).values_list("args", flat=True):
        code = args.get("code") or code_of.get(drafts.get(args.get("draft"), 0), "")
        found[code] += 1
    return found


def _drafts_by_prefecture() -> dict[int, list[AdapterDraft]]:
    """Newest first, without configuration and secrets."""
    found: dict[int, list[AdapterDraft]] = {}
    for draft in AdapterDraft.objects.defer("config", "secrets").order_by("-version"):
        found.setdefault(draft.prefecture_id, []).append(draft)
    return found


def _row(prefecture: Prefecture, drafts: list[AdapterDraft], jobs: int, told: _Told) -> PrefectureRow:
    checked = [draft for draft in drafts if draft.checked_at]
    return PrefectureRow(
        prefecture=prefecture,
        active=next((draft for draft in drafts if draft.state == State.ACTIVE), None),
        newest=drafts[0] if drafts else None,
        tried=max(checked, key=lambda draft: draft.checked_at or draft.created_at, default=None),
        jobs=jobs,
        trail=told.counts.get(prefecture.schema_name),
        load=told.loads.get(prefecture.pk),
    )
