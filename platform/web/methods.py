"""Which addresses open (GET) and which only act (POST): asked of the view itself, so that no list can grow old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def opens(view: Callable[..., Any]) -> bool:
    """Whether the view answers GET: true unless `require_POST` or `require_http_methods` without GET stands around it."""
    around: Any = view
    while around is not None:
        methods = _methods_named_by(around)
        if methods is not None:
            return "GET" in methods
        around = getattr(around, "__wrapped__", None)
    return True


def _methods_named_by(decorated: Any) -> list[str] | None:
    """What Django's decorator was given: it keeps the list in the closure of what it returns."""
    code = getattr(decorated, "__code__", None)
    if code is None or "request_method_list" not in code.co_freevars:
        return None
    cell = decorated.__closure__[code.co_freevars.index("request_method_list")]
    return list(cell.cell_contents)
