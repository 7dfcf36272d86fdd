"""What the trail may know of the words of a search: not the words, but whether somebody goes through them in order."""

from __future__ import annotations

from django.http import HttpRequest

from web.text import fold_name, normalise_digits

BEFORE, STEP = "search.before", "search.step"


def typed(request: HttpRequest, words: str) -> None:
    """New words were typed. They are compared with those typed before, on any page; the comparison is kept until `took_step`."""
    if is_next(str(request.session.get(BEFORE, "")), words):
        request.session[STEP] = True
    else:
        request.session.pop(STEP, None)
    request.session[BEFORE] = words


def took_step(request: HttpRequest) -> bool:
    """Whether the words just typed were the next in order; once, for another page or order of the same list is no new search."""
    return bool(request.session.pop(STEP, False))


def is_next(before: str, words: str) -> bool:
    """Whether only the last character differs (101, 102; ア, イ): the next of all beginnings that there are."""
    first, second = _key(before), _key(words)
    return len(first) == len(second) > 0 and first[:-1] == second[:-1] and first != second


def _key(words: str) -> str:
    return fold_name(words) or normalise_digits(words).casefold().strip()
