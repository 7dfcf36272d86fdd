"""What is found out about a pack is remembered by its digest: equal content gives equal answers, for every prefecture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TypeVar

from domain.rules import Pack

Answer = TypeVar("Answer")
KEPT = 24


def per_digest(ask: Callable[[Pack], Answer]) -> Callable[[Pack], Answer]:
    """Remembers the last answers. The answer is shared: nobody may change it."""
    known: OrderedDict[str, Answer] = OrderedDict()
    lock = Lock()

    @wraps(ask)
    def asked(pack: Pack) -> Answer:
        with lock:
            if pack.digest in known:
                known.move_to_end(pack.digest)
                return known[pack.digest]
        answer = ask(pack)
        with lock:
            known[pack.digest] = answer
            while len(known) > KEPT:
                known.popitem(last=False)
        return answer

    return asked
