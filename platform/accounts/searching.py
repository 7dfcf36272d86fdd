"""What the trail may know of the words of a search: not the words, but whether somebody goes through them in order, or mends a slip."""

from __future__ import annotations

from django.http import HttpRequest

from web.text import fold_name, normalise_digits

BEFORE, SAID = "search.before", "search.said"
NEXT, RETYPED = "next", "retyped"

MOST_SLIPS, LETTERS_A_SLIP = 2, 3
"""So many letters typed wrong, left out, put in or changed over are a slip of the hand, where there are three times as many in all."""


def typed(request: HttpRequest, words: str) -> None:
    """New words were typed. They are compared with those typed before, on any page; the comparison is kept until `said_of`."""
    before = str(request.session.get(BEFORE, ""))
    request.session[SAID] = NEXT if is_next(before, words) else RETYPED if is_retyped(before, words) else ""
    request.session[BEFORE] = words


def said_of(request: HttpRequest) -> dict[str, bool]:
    """For the detail of the search; once, for another page or order of the same list is no new search."""
    said = request.session.pop(SAID, "")
    if said == NEXT:
        return {"next_prefix": True}
    return {"retyped": True} if said == RETYPED else {}


def is_next(before: str, words: str) -> bool:
    """Whether only the last character differs (101, 102; ア, イ): the next of all beginnings that there are."""
    first, second = _key(before), _key(words)
    return len(first) == len(second) > 0 and first[:-1] == second[:-1] and first != second


def is_retyped(before: str, words: str) -> bool:
    """Whether the words are those before with a slip mended. What goes in order is none, and nor are figures: numbers are tried so."""
    first, second = _key(before), _key(words)
    if first == second or is_next(before, words) or any(letter.isdigit() for letter in first + second):
        return False
    slips = _distance(first, second)
    return slips <= MOST_SLIPS and slips * LETTERS_A_SLIP <= max(len(first), len(second))


def _distance(first: str, second: str) -> int:
    """Letters to put in, leave out, exchange or change over with their neighbour (Damerau-Levenshtein, each place once)."""
    if abs(len(first) - len(second)) > MOST_SLIPS:
        return MOST_SLIPS + 1
    last: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        last, before, row = row, last, [i]
        for j, other in enumerate(second, start=1):
            steps = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
    return row[-1]


def _key(words: str) -> str:
    return fold_name(words) or normalise_digits(words).casefold().strip()
