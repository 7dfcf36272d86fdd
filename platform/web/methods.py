"""Which addresses open (GET) and which only act (POST): asked of the view itself, so that no list can grow old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def opens(view: Callable[..., Any]) -> bool:
    """Whether the view answers GET: true unless `require_POST` or `require_http_methods` without GET stands around it."""
    return "GET" in (_methods_of(view) or ["GET"])


def acts(view: Callable[..., Any]) -> bool:
    """Whether the view takes what is sent (POST): unless what stands around it names methods without POST."""
    return "POST" in (_methods_of(view) or ["POST"])


def _methods_of(view: Callable[..., Any]) -> list[str] | None:
    around: Any = view
    while around is not None:
        methods = _methods_named_by(around)
        if methods is not None:
            return methods
        around = getattr(around, "__wrapped__", None)
    return None


def _methods_named_by(decorated: Any) -> list[str] | None:
    """What Django's decorator was given: it keeps the list in the closure of what it returns."""
    code = getattr(decorated, "__code__", None)
    if code is None or "request_method_list" not in code.co_freevars:
        return None
    cell = decorated.__closure__[code.co_freevars.index("request_method_list")]
    return list(cell.cell_contents)
