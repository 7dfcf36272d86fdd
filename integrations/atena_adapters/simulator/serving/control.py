"""The control of a running simulator: what it holds (no numbers, no names), faults, clock, the provider's clerk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from integrations.atena_adapters.simulator.clock import JAPAN
from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.simulator.serving.page import PAGE_STYLE, page
from integrations.atena_adapters.simulator.serving.web import Reply, Request

_HOUR = 3600.0
_LONGEST_ADVANCE = 400 * 24 * _HOUR
_LOCAL = ("127.0.0.1", "localhost")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_ACTS = ("released", "refused")


class Wrong(Exception):
    """What was asked makes no sense.  The text is Japanese."""


class Control:
    """Loopback only: other hosts in the address, and forms of other pages, are refused."""

    def __init__(self, office: Office, title: str) -> None:
        self._office = office
        self._title = title
        self._acts: dict[str, Callable[[Mapping[str, str]], object]] = {
            "/fault": self._fault,
            "/clock": self._clock,
            "/held": self._held,
            "/incoming": self._incoming,
        }

    def reply(self, request: Request) -> Reply:
        """The response to one request."""
        if not _is_local(request):
            return Reply(HTTPStatus.FORBIDDEN)
        if request.method == "GET":
            return self._show(request.path)
        act = self._acts.get(request.path)
        if act is None:
            return Reply(HTTPStatus.NOT_FOUND)
        values = {name: texts[-1] for name, texts in parse_qs(request.body.decode()).items()}
        try:
            result = act(values)
        except (Wrong, ValueError) as error:
            return Reply(HTTPStatus.BAD_REQUEST, f"できません: {error}".encode(), "text/plain; charset=utf-8", _HEADERS)
        if "application/json" in request.headers.get("Accept", ""):
            return _json(result if result is not None else self.state())
        return Reply(HTTPStatus.SEE_OTHER, headers={"Location": "/"})

    def state(self) -> dict[str, object]:
        """What it holds, as counts; held lines by the ids of lines."""
        office = self._office
        numbers = [str(row[0]) for row in office.ledger.execute("SELECT number FROM copies WHERE state = 'held'")]
        return {
            "now": office.clock.today().isoformat(timespec="seconds"),
            "shown": office.own_time().isoformat(timespec="seconds"),
            "open": office.is_open(),
            "people": len(office.network),
            "counts": office.ledger.counts(),
            "duplicates": office.addressing.duplicates(),
            "waiting": len(office.open_batches()),
            "faults": office.faults.left(),
            "held": [list(line) for line in office.held_lines()],
            "copies": numbers[-20:],
        }

    def _show(self, path: str) -> Reply:
        if path == "/":
            return Reply(HTTPStatus.OK, page(self._title, self.state()).encode(), "text/html; charset=utf-8", _HEADERS)
        if path == "/style.css":
            return Reply(HTTPStatus.OK, PAGE_STYLE.encode(), "text/css; charset=utf-8", _HEADERS)
        return _json(self.state()) if path == "/state.json" else Reply(HTTPStatus.NOT_FOUND)

    def _fault(self, values: Mapping[str, str]) -> dict[str, object]:
        """`times` 0 takes a fault back; `before` tells what was still to strike."""
        kind, before = values.get("kind", ""), self._office.faults.left()
        name = values.get("name", "") + (f"@{kind}" if kind else "")
        try:
            self._office.faults.add(f"{name}:{values.get('times', '1')}")
        except ValueError:
            raise Wrong("知らない障害か、回数が数字ではありません。") from None
        return self.state() | {"before": before}

    def _clock(self, values: Mapping[str, str]) -> None:
        if moment := values.get("moment"):
            there = datetime.fromisoformat(moment)
            self._office.clock.set_to(there if there.tzinfo else there.replace(tzinfo=JAPAN))
            return
        seconds = float(values.get("seconds") or 0) + float(values.get("hours") or 0) * _HOUR
        if not 0 <= seconds <= _LONGEST_ADVANCE:
            raise Wrong("進められるのは400日までです。")
        self._office.clock.advance(seconds)

    def _held(self, values: Mapping[str, str]) -> None:
        act = values.get("act", "")
        if act not in _ACTS:
            raise Wrong("開放か拒否を選んでください。")
        self._office.decide(values.get("batch", ""), values.get("line", ""), act)

    def _incoming(self, values: Mapping[str, str]) -> dict[str, str]:
        now = self._office.clock.now()
        ask = self._office.incoming.hold if values.get("hold") else self._office.copies.asked
        return ask(values.get("number", ""), values.get("institution") or "サンプル機関", now)


def _is_local(request: Request) -> bool:
    """Whether the address names this machine, and a form comes from our own page."""
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin", "")
    return host in _LOCAL and (not origin or urlsplit(origin).netloc == request.host)


def _json(values: object) -> Reply:
    return Reply(HTTPStatus.OK, json.dumps(values, ensure_ascii=False).encode(), "application/json", _HEADERS)
