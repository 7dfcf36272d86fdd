"""接続試験 is green only where the other side read the deliberately invalid inquiry, and said so where answers are configured to come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.registry import build, preset, relocated
from tests.integrations.atena_adapters.support import TOKEN, Keeper

OK, WARNING, FAILED = CheckState.OK, CheckState.WARNING, CheckState.FAILED
Reply = tuple[int, bytes]
PAGE = (200, b"<html>It works!</html>")


@contextmanager
def _side(health: Reply, posted: Reply, got: Reply) -> Iterator[str]:
    """A web server with one reply for everything that is posted and one for everything else but its health."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say(posted)

        def do_GET(self) -> None:
            self._say(health if self.path.endswith("/health") else got)

        def _say(self, reply: Reply) -> None:
            self.send_response(reply[0])
            self.send_header("Content-Length", str(len(reply[1])))
            self.end_headers()
            self.wfile.write(reply[1])

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _config(**workflow: Any) -> AdapterConfig:
    values = preset("nara").model_dump()
    values["workflow"] |= workflow
    return AdapterConfig.model_validate(values)


def _told(config: AdapterConfig, posted: Reply, got: Reply = (202, b"")) -> CheckResult:
    with _side((200, b""), posted, got) as url:
        adapter = build(relocated(config, base_url=url), keep=Keeper(), secrets={"token": SecretStr(TOKEN)})
        *_, told = adapter.check_config()
    assert told.name == "無効な照会の拒否"
    return told


def _written(message: Message, *rows: Row) -> bytes:
    # No batch of its own: the check makes its number anew each time.
    return build_dialect(_config().dialect).encode(message, "", rows).payload


def _receipt(status: str, taken: int, *refused: str) -> bytes:
    summary: Row = {"line_id": "", "status": status, "accepted": str(taken), "rejected": str(len(refused))}
    lines: list[Row] = [{"line_id": line, "status": "rejected", "accepted": "0", "rejected": "0"} for line in refused]
    return _written(Message.RECEIPT, summary, *lines)


def _answer(result: str, line: str = "CHECK") -> bytes:
    return _written(Message.INQUIRY_ANSWER, {"line_id": line, "result": result})


IN_CALL = {"inquiry_answer": "in_call"}
CASES: dict[str, tuple[dict[str, Any], Reply, Reply, CheckState]] = {
    "a page for everything, answers later": ({}, PAGE, PAGE, FAILED),
    "a page for everything, answers in the call": (IN_CALL, PAGE, PAGE, FAILED),
    "an answer now that was to come later": ({}, (200, _answer("refused")), (202, b""), FAILED),
    "refused in the call": (IN_CALL, (200, _answer("refused")), (202, b""), OK),
    "answered in the call": (IN_CALL, (200, _answer("answered")), (202, b""), FAILED),
    "another line in the call": (IN_CALL, (200, _answer("refused", "L1")), (202, b""), FAILED),
    "no line in the call": (IN_CALL, (200, _written(Message.INQUIRY_ANSWER)), (202, b""), FAILED),
    "a receipt where the answer comes in the call": (
        IN_CALL,
        (202, _receipt("partly", 0, "CHECK")),
        (202, b""),
        WARNING,
    ),
    "refused by the receipt": ({}, (202, _receipt("partly", 0, "CHECK")), (202, b""), OK),
    "taken by the receipt": ({}, (202, _receipt("accepted", 1)), (202, b""), FAILED),
    "no receipt": ({}, (202, b""), (202, b""), FAILED),
    "the file as a whole refused": ({}, (409, _receipt("rejected", 0)), (202, b""), FAILED),
    "a page where answers are fetched": ({}, (202, _receipt("partly", 0, "CHECK")), PAGE, FAILED),
    "nothing known where answers are fetched": ({}, (202, _receipt("partly", 0, "CHECK")), (404, b""), WARNING),
    "trouble where answers are fetched": ({}, (202, _receipt("partly", 0, "CHECK")), (410, b""), FAILED),
}


@pytest.mark.parametrize("case", CASES)
def test_only_a_refusal_that_was_read_is_green(case: str) -> None:
    workflow, posted, got, state = CASES[case]
    told = _told(_config(**workflow), posted, got)
    assert told.state is state, told
    assert bool(told.remedy) is (state is not OK)
