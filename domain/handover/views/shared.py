"""What the pages of this package share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from domain.handover.links import carried_kind

View = Callable[..., HttpResponse]


def only_over(kind: str) -> Callable[[View], View]:
    """404 where the link in force is of another kind: the place is not there."""

    def marked(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if carried_kind() != kind:
                raise Http404
            return view(request, *arguments, **named)

        return guarded

    return marked
