"""世帯: the list with its search, and one household with everybody in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import searching
from accounts.access import page, require_step_up, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import Entry, Subject, record_access, record_access_many
from audit.trail.vocabulary import Event
from domain.households import canaries, queries
from domain.households.extras import household_links, member_marks
from domain.households.forms import SearchForm, state_words
from domain.households.models import Household, Member
from domain.households.presenting import facts, household_row, member_rows
from domain.households.queries import Criteria
from domain.households.views.shared import user_of
from web.components import Chip, Column
from web.tables import chosen_sort, with_parameter

PER_PAGE = 50
COLUMNS = (
    Column("世帯番号", sort="number"),
    Column("保護者等", sort="guardian_kana"),
    Column("児童生徒"),
    Column("住所"),
    Column("状態"),
)
WORDS = "households.words"
SEARCHED = "searched"


@page(Permission.VIEW_HOUSEHOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def households(request: HttpRequest) -> HttpResponse:
    """The list. Words of a search are kept in the session; the address only says that there are some."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[WORDS] = form.cleaned_data["text"]
        searching.typed(request, request.session[WORDS])
        return redirect(_list_address(request, searched=bool(form.cleaned_data["text"])))
    criteria = _criteria(request)
    if not form.is_bound:
        form = SearchForm(initial={"text": criteria.text})
    sort = chosen_sort(request.GET, COLUMNS, "number")
    found = Paginator(_wanted(user_of(request), criteria, sort), PER_PAGE).get_page(request.GET.get("page"))
    _record_list(list(found), found.paginator.count, criteria, said=searching.said_of(request))
    context = {
        "form": form,
        "criteria": criteria,
        "page": found,
        "count": found.paginator.count,
        "rows": [household_row(household) for household in found],
        "columns": COLUMNS,
        "schools": _school_chips(request, criteria),
        "states": _state_chips(request, criteria),
        "without_words": with_parameter(request.GET, SEARCHED, ""),
    }
    return render(request, "households/list.html", context)


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """One household. A protected address stays closed here."""
    decoy = canaries.visible(user_of(request)).filter(pk=household_id).first()
    found = canaries.as_household(decoy) if decoy else queries.find_household(user_of(request), household_id)
    return _show(request, found, address_open=False, is_made_up=decoy is not None)


@page(Permission.VIEW_HOUSEHOLD)
@require_POST
def address(request: HttpRequest, household_id: int) -> HttpResponse:
    """The same page with the address of a household under 支援措置, once, after a fresh one-time password."""
    found = queries.find_household(user_of(request), household_id)
    require_step_up(request)
    return _show(request, found, address_open=True)


def _show(request: HttpRequest, found: Household, *, address_open: bool, is_made_up: bool = False) -> HttpResponse:
    user = user_of(request)
    record_access(
        Event.READ_HOUSEHOLD_SHOWN,
        subjects=[Subject("household", str(found.pk))],
        detail={"protected_address": True} if found.address_hidden and address_open else {},
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    members = list(found.members.all()) if is_made_up else queries.members_with_history(found)
    changeable = set() if is_made_up else _changeable(user, members)
    context = {
        "changeable": changeable,
        "may_change": bool(changeable),
        "household": found,
        "facts": facts(found, address_open=address_open),
        "address_open": address_open,
        "members": member_rows(members, {} if is_made_up else member_marks(user, [member.pk for member in members])),
        "pupils": [pupil for member in members for pupil in member.enrolments.all()],
        "links": [] if is_made_up else household_links(user, found.pk),
    }
    return render(request, "households/household.html", context)


def _changeable(user: User, members: Sequence[Member]) -> set[int]:
    """Pupils whose status this person may change."""
    codes = visible_schools(user, Permission.IMPORT_ROSTER)
    pupils = [pupil for member in members for pupil in member.enrolments.all()]
    return {pupil.pk for pupil in pupils if codes is None or pupil.school.code in codes}


def _criteria(request: HttpRequest) -> Criteria:
    words = str(request.session.get(WORDS, "")) if SEARCHED in request.GET else ""
    state = request.GET.get("state", "")
    return Criteria(
        school=request.GET.get("school", "")[:20], state=state if state in state_words() else "", text=words
    )


def _wanted(user: User, criteria: Criteria, sort: str) -> QuerySet[Household] | canaries.Among:
    """In the order asked for; a search by words may come upon a household that was made up."""
    households = queries.list_households(user, criteria).order_by(sort, "pk")
    if not criteria.text:
        return households
    return canaries.Among(households, canaries.found_by(user, criteria), sort)


def _list_address(request: HttpRequest, *, searched: bool) -> str:
    return reverse("households:list") + with_parameter(request.GET, SEARCHED, "1" if searched else "")


def _record_list(found: Sequence[Household], count: int, criteria: Criteria, *, said: Mapping[str, bool]) -> None:
    """Before the list is shown: whom it shows, and by which kinds of criteria (never the words, but whether they go in order)."""
    used = {"school": criteria.school, "state": criteria.state, "words": criteria.text}
    detail: dict[str, JSON] = {
        "list": "households",
        "criteria": [name for name, value in used.items() if value],
        "found": count,
        **said,
    }
    subjects = [Subject("household", str(each.pk)) for each in found]
    event = Event.READ_SEARCH_SHOWN if criteria.text else Event.READ_LIST_SHOWN
    record_access_many([Entry(event, subjects, detail, allowed_by=Permission.VIEW_HOUSEHOLD.value)])


def _school_chips(request: HttpRequest, criteria: Criteria) -> list[Chip]:
    schools = [("", "すべての学校"), *queries.schools_for(user_of(request)).values_list("code", "name")]
    return [
        Chip(name, with_parameter(request.GET, "school", code), chosen=code == criteria.school)
        for code, name in schools
    ]


def _state_chips(request: HttpRequest, criteria: Criteria) -> list[Chip]:
    words = {"": "すべての状態", **state_words()}
    return [
        Chip(word, with_parameter(request.GET, "state", key), chosen=key == criteria.state)
        for key, word in words.items()
    ]
