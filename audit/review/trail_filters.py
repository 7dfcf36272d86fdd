"""What the viewer of the trail (記録) can be narrowed by. Everything stands in the URL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.forms import JapaneseDateField
from audit.review.families import of_family
from audit.review.period_words import why_no_period
from audit.trail.entries import Subject
from audit.trail.labels import GROUPS, WORDING, subject_label
from audit.trail.reader import Filters
from web.components import Chip
from web.fields import FreeTextField
from web.forms import Form
from web.moments import start_of
from web.tables import with_parameter

PER_PAGE = 100
AFTER = "after"
FIRST_YEAR, LAST_YEAR = 1900, 2999


class TrailFilterForm(Form):
    """Days are inclusive and Japanese. Actor and subject come from links, not from typing."""

    since = JapaneseDateField(label="いつから", required=False)
    until = JapaneseDateField(label="いつまで", required=False)
    group = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    actor = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    id = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    only = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_since(self) -> date | None:
        return _within_calendar(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return _within_calendar(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and (wrong := why_no_period(since, until)):
            self.add_error("until", wrong)
        return values

    def filters(self, after: str) -> Filters:
        """What to search for: a subject with its family, unless it alone is asked for. The form must be valid."""
        values = self.cleaned_data
        subject = Subject(values["kind"], values["id"]) if values["kind"] and values["id"] else None
        asked = Filters(
            prefix=values["group"],
            actor=values["actor"],
            subject=subject,
            since=start_of(values["since"]) if values["since"] else None,
            until=start_of(values["until"] + timedelta(days=1)) if values["until"] else None,
            after=after,
            limit=PER_PAGE,
        )
        return asked if values["only"] else of_family(asked)


class TrailSearchForm(Form):
    """Who or what is meant. Posted, so that no name stands in an address; what is found stands there as our own id."""

    words = FreeTextField(
        label="職員（職員ID・氏名）、世帯番号、学籍番号、学校、世帯構成員の氏名",
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "required": "さがす言葉を入力してください。",
            "number": "個人番号では検索できません。職員ID、氏名、世帯番号、学籍番号、学校のどれかを入力してください。",
        },
    )


def kinds_of(filters: Filters) -> list[str]:
    """Which kinds of condition were set, in Japanese; the trail of the trail notes these, not the values."""
    conditions = {
        "出来事": filters.prefix,
        "操作者": filters.actor,
        "対象": filters.subject,
        "期間": filters.since or filters.until,
    }
    return [name for name, value in conditions.items() if value]


def group_chips(parameters: QueryDict) -> list[Chip]:
    """One chip per group of events that happen in a prefecture; the chosen one leads back to all."""
    kept = without_place(parameters)
    chosen = kept.get("group", "")
    return [Chip("すべて", with_parameter(kept, "group", ""), chosen=not chosen)] + [
        Chip(title, with_parameter(kept, "group", "" if group == chosen else group), chosen=group == chosen)
        for group, title in GROUPS.items()
        if group != "console"
    ]


def set_chips(parameters: QueryDict, actor_name: str, subject_name: str = "") -> Iterator[Chip]:
    """The conditions that are set by links; each leads to the page without it."""
    kept = without_place(parameters)
    group, actor, kind, identity = (str(kept.get(name, "")) for name in ("group", "actor", "kind", "id"))
    if ":" in group:
        words = WORDING.get(group)
        yield Chip(words.label if words else group, with_parameter(kept, "group", ""), chosen=True)
    if actor:
        yield Chip(f"操作者: {actor_name or actor}", with_parameter(kept, "actor", ""), chosen=True)
    if kind and identity:
        fewer = kept.copy()
        fewer.pop("kind")
        fewer.pop("only", None)
        yield Chip(
            f"対象: {subject_label(kind)} {subject_name or identity}", with_parameter(fewer, "id", ""), chosen=True
        )
    if kind and identity and kept.get("only"):
        yield Chip("この対象だけ（同じ世帯のほかの記録を除く）", with_parameter(kept, "only", ""), chosen=True)


def without_place(parameters: QueryDict) -> QueryDict:
    """The parameters but for the place in the list: a changed condition begins with the newest."""
    kept = parameters.copy()
    kept.pop(AFTER, None)
    return kept


def _within_calendar(day: date | None) -> date | None:
    """A day without a neighbour (0001-01-01, 9999-12-31) bounds no period and is a slip of the pen."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(
            f"この日付では絞り込めません。西暦{FIRST_YEAR}年から{LAST_YEAR}年までの日付を入力してください。"
        )
    return day
