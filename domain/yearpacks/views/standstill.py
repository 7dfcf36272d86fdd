"""What was typed for a revision that takes nothing any more: what happened to it, the input to copy, and where it can go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BooleanField, ChoiceField, Field
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from domain.rules import Ledger
from domain.yearpacks.forms import AcceptForm, AgeForm, CapForm, CellForm, PaysForm, RateForm, SpecialForm
from domain.yearpacks.models import Revision

FIELDS = tuple(form.base_fields for form in (CapForm, CellForm, SpecialForm, PaysForm, AgeForm, AcceptForm))
OWN = ("csrfmiddlewaretoken", "into", "row", "accept")
"""What the forms of this page add; everything else was typed."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """`name` and `value`: what `carry` is told, `row` with a row's id or `accept` with a row's name. `title`: the row in words."""

    revision: Revision
    name: str
    value: str
    title: str
    ledgers: tuple[Ledger, ...]


def standstill(request: HttpRequest, stands: Standstill, happened: str) -> HttpResponse:
    """Nothing typed: back to the revision, told what happened. Else the page that keeps it, as a conflict (409)."""
    revision = stands.revision
    if request.method != "POST":
        messages.info(request, happened)
        return redirect("yearpacks:revision", revision.pk)
    drafts = Revision.objects.filter(fiscal_year=revision.fiscal_year, state=Revision.State.DRAFT)
    typed = list(typed_words(request.POST, stands.ledgers))
    context = {
        "revision": revision,
        "stands": stands,
        "happened": happened,
        "typed": typed,
        "text": "\n".join([stands.title, *(f"{label}: {words}" for label, words in typed)]),
        "hidden": [(name, value) for name, values in request.POST.lists() if name not in OWN for value in values],
        "drafts": drafts.exclude(pk=revision.pk).defer("content"),
    }
    return render(request, "yearpacks/standstill.html", context, status=409)


def typed_words(data: QueryDict, ledgers: tuple[Ledger, ...]) -> Iterator[tuple[str, str]]:
    """Label and words of each entry that says something, in the words of the form that asks for most of them."""
    fields = max((RateForm(ledgers).fields, *FIELDS), key=lambda each: len(each.keys() & data.keys()))
    for name, field in fields.items():
        words = "・".join(_words(field, value) for value in data.getlist(name) if value.strip())
        if words:
            yield str(field.label), words


def _words(field: Field, value: str) -> str:
    if isinstance(field, BooleanField):
        return "はい"
    if isinstance(field, ChoiceField):
        choices: Any = field.choices
        return next((str(label) for key, label in choices if str(key) == value), value)
    return value
