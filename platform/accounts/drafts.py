"""Drafts of unsaved input around requests: what is kept when a session has run out or a step-up comes between, and how it returns.

Kept: the form a person sent (or typed, told by our script) on pages of which the matrix allows it. Offered: to the same person, on
the same terminal, on the page it stood on, within hours. Taken back: the page comes with its form filled, and nothing is saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from accounts import field_matrix, session_state
from accounts.access import person_of
from accounts.guard import Stage, Visit
from accounts.models import EndReason, InputDraft, SessionRecord, User
from accounts.paths import safe_path
from accounts.services import drafts
from tenants.core.keys import KeyMissing, SealBroken
from web.refill import NO_DRAFT, UNKEPT, insert_into_main, name_unkept, refill

RAN_OUT: Final = frozenset({EndReason.IDLE.value, EndReason.ABSOLUTE.value})
TAKEN: Final = frozenset({302, 303})
OWN: Final = "draft:"
"""Begins the names that our script adds to a form it sends for keeping."""
CHANGED: Final = f"{OWN}changed"
"""Our script's word for each control that differs from what the page showed; with an empty one first, so that none is a word too."""


def keeps(request: HttpRequest, path: str) -> bool:
    """Whether drafts of what is typed at this path are kept. Whatever the matrix does not know keeps none."""
    try:
        name = resolve(path, getattr(request, "urlconf", None)).view_name
    except Resolver404:
        return False
    visit: Visit | None = getattr(request, "visit", None)
    host = "console" if visit is not None and visit.scope == "console" else "tenant"
    row = field_matrix.row_of(host, name)
    return row is not None and row.keeps_drafts


def keep_of_ended(request: HttpRequest, visit: Visit, page: str) -> bool:
    """A form that came with a session which had run out: kept for the person and terminal of that very session alone.

    Django's own check of forged requests has passed before. Whether there was anything to keep.
    """
    ended = visit.ended_session
    if ended is None or visit.ended not in RAN_OUT or visit.terminal.is_new or visit.terminal.id != ended.terminal:
        return False
    if request.path == reverse("accounts:draft_keep"):  # our script, woken too late
        return _keep_typed(request, ended.user, ended.terminal) is not None
    return _keep(request, ended.user, ended.terminal, page) is not None


def keep_over_step_up(request: HttpRequest, page: str) -> None:
    """A form that a step-up came between: kept, and put back as soon as the person returns to the page."""
    request.is_to_repeat = True  # type: ignore[attr-defined]  # read by `settle`
    session: SessionRecord | None = request.visit.session  # type: ignore[attr-defined]  # set by the guard
    draft = _keep(request, person_of(request), session.terminal, page) if session is not None else None
    if draft is not None:
        session_state.note_draft(request.session, str(draft.pk), _path(draft))
        session_state.fill_draft(request.session, str(draft.pk))


def keep_typed(request: HttpRequest) -> None:
    """What our script tells of a form not sent yet."""
    draft = _keep_typed(request, person_of(request), request.visit.terminal.id)  # type: ignore[attr-defined]
    if draft is not None:
        session_state.note_draft(request.session, str(draft.pk), _path(draft))


def _keep_typed(request: HttpRequest, user: User, terminal: str) -> InputDraft | None:
    page = safe_path(request, request.POST.get(f"{OWN}page", ""))
    action = safe_path(request, request.POST.get(f"{OWN}action", "")).partition("?")[0]
    if not (keeps(request, urlsplit(page).path) and keeps(request, action)):
        return None
    return _kept(user, terminal, page, action, request.POST)


def _keep(request: HttpRequest, user: User, terminal: str, page: str) -> InputDraft | None:
    if request.method != "POST" or not (keeps(request, request.path) and keeps(request, urlsplit(page).path)):
        return None
    return _kept(user, terminal, page, request.path, request.POST)


def _kept(user: User, terminal: str, page: str, action: str, given: QueryDict) -> InputDraft | None:
    if CHANGED in given and not any(
        given.getlist(CHANGED)
    ):  # all was put back by hand: an older draft is not meant any more
        drafts.forget(user, action=action)
        return None
    return drafts.keep(user, terminal, page, action, _pairs(given))


def _pairs(given: QueryDict) -> Iterator[tuple[str, str]]:
    """What was typed, and what our script says was changed; of neither what the page named as never kept."""
    unkept = set(given.getlist(UNKEPT))
    places = tuple(f"{name}{sign}" for name in unkept for sign in "#=")
    for name, values in given.lists():
        if name == CHANGED:
            yield from ((name, value) for value in values if not value.startswith(places))
        elif name not in unkept and not name.startswith(OWN):
            yield from ((name, value) for value in values)


def say_what_is_unkept(response: HttpResponse) -> None:
    """After the view, on any page: which controls carry `data-no-draft`, for the form that comes without our script."""
    if not response.streaming and _is_html(response) and NO_DRAFT.encode() in response.content:
        response.content = name_unkept(response.content.decode(response.charset))


def note_at_login(request: HttpRequest, user: User, terminal: str) -> set[str]:
    """Remember in the new session what may be offered. Returns the paths of the pages."""
    for draft in drafts.drafts_of(user, terminal):
        session_state.note_draft(request.session, str(draft.pk), _path(draft))
    return set(session_state.drafts(request.session).values())


def settle(request: HttpRequest, response: HttpResponse) -> None:
    """After the view: a form that was taken needs its draft no more; a page with a draft offers it. No query without drafts."""
    if not session_state.drafts(request.session) or not request.user.is_authenticated:
        return
    if request.method == "POST" and response.status_code in TAKEN and not getattr(request, "is_to_repeat", False):
        for dropped in drafts.forget(request.user, action=request.path):
            session_state.drop_draft(request.session, dropped)
    elif request.method == "GET":
        _show(request, response)


def _show(request: HttpRequest, response: HttpResponse) -> None:
    """On the page where something was typed: the offer, or the form filled for whoever has asked for it."""
    waiting = [pk for pk, path in session_state.drafts(request.session).items() if path == request.path]
    waiting.sort(key=lambda pk: not session_state.is_to_fill(request.session, pk))
    if not waiting or not request.user.is_authenticated or not _is_page(request, response):
        return
    terminal = request.visit.terminal.id  # type: ignore[attr-defined]  # set by the guard
    found = {str(draft.pk): draft for draft in drafts.drafts_of(request.user, terminal).filter(pk__in=waiting)}
    for pk in waiting:
        if pk not in found:
            session_state.drop_draft(request.session, pk)
        elif _shown(request, response, found[pk]):
            return


def _shown(request: HttpRequest, response: HttpResponse, draft: InputDraft) -> bool:
    """Whether this draft found its form on the page. One that would change nothing is dropped."""
    page = response.content.decode(response.charset)
    try:
        fields = draft.fields()
    except (SealBroken, KeyMissing):
        session_state.drop_draft(request.session, str(draft.pk))
        draft.delete()
        return False
    changed = frozenset(value for name, value in fields if name == CHANGED)
    typed = [pair for pair in fields if pair[0] != CHANGED]
    filled = refill(page, request.path, draft.action, typed, changed or None)
    if filled is None:
        return False
    if filled.changed == 0:
        session_state.drop_draft(request.session, str(draft.pk))
        draft.delete()
        return False
    wanted = session_state.is_to_fill(request.session, str(draft.pk))
    if wanted:
        session_state.filled_draft(request.session)
    template = "accounts/draft_filled.html" if wanted else "accounts/draft_offer.html"
    told = {"draft": draft, "has_files": 'type="file"' in page, "put_back": filled.changed, "is_whole": not changed}
    words = render_to_string(template, told, request)
    response.content = insert_into_main(filled.html if wanted else page, words)
    return True


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    part = request.headers.get("HX-Request") == "true"
    return response.status_code == 200 and not response.streaming and _is_html(response) and not part


def _is_html(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def _path(draft: InputDraft) -> str:
    return urlsplit(draft.page).path


def kept_for(request: HttpRequest) -> InputDraft | None:
    """What was typed into the form that is being sent, if the page on which it stood will offer it; None where nothing is kept."""
    visit: Visit | None = getattr(request, "visit", None)
    offered = session_state.drafts(request.session)
    if visit is None or visit.stage is not Stage.SIGNED_IN or not offered:
        return None
    return drafts.drafts_of(person_of(request), visit.terminal.id).filter(action=request.path, pk__in=offered).first()


def script_of(request: HttpRequest) -> dict[str, object]:
    """What the page tells our script: seconds until the session ends, and where it says that the person is there."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is None or visit.stage is not Stage.SIGNED_IN or visit.session is None or visit.is_vendor:
        return {}
    return {
        **visit.seconds_left(),
        "url": reverse("accounts:draft_keep"),
        "keeps": keeps(request, request.path),
        "is_answer": request.method == "POST",
    }
