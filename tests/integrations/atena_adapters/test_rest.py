"""What only REST with OAuth2 can get wrong: tokens, renewals, and answers that lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.port import (
    Answered,
    AuthenticationRefused,
    CommunicationError,
    ConfigurationInvalid,
    InquiryKind,
    ProblemCode,
    Registered,
)
from integrations.atena_adapters.registry import Bounds, build, preset
from tests.integrations.atena_adapters.counterpart.links import Link, changed, open_rest
from tests.integrations.atena_adapters.counterpart.rest import SECRET
from tests.integrations.atena_adapters.support import Keeper, atena, inquiry, registration


@pytest.fixture
def link(tmp_path: Path) -> Iterator[Link]:
    """The REST preset."""
    with open_rest(preset("rest"), tmp_path) as opened:
        yield opened


def _register(link: Link, batch_id: str) -> None:
    receipt = link.adapter.register(registration(1, batch_id=batch_id))
    assert isinstance(link.adapter.collect(receipt).outcomes[atena(1)], Registered)


def test_one_token_serves_until_shortly_before_it_ends(link: Link) -> None:
    for batch_id in ("a", "b", "c"):
        _register(link, batch_id)
    assert link.side.issued == 1


def test_a_token_of_a_short_life_is_renewed(link: Link) -> None:
    link.side.lasts = 0
    _register(link, "a")
    assert link.side.issued > 1


def test_a_refused_token_is_renewed_once(link: Link) -> None:
    _register(link, "a")
    link.side.tokens.clear()
    _register(link, "b")
    assert link.side.issued == 2
    link.side.faults = [401, 401]
    with pytest.raises(AuthenticationRefused):
        link.adapter.register(registration(1, batch_id="c"))


def test_a_busy_server_is_asked_again(link: Link) -> None:
    link.side.faults = [429, 503]
    _register(link, "a")


def test_a_wrong_secret_is_refused_and_shows_nowhere(link: Link) -> None:
    wrong = build(link.config, keep=Keeper(), secrets={"client_secret": SecretStr("quite-another-secret-of-32-chars")})
    with pytest.raises(AuthenticationRefused) as caught:
        wrong.register(registration(1, batch_id="x"))
    assert not caught.value.retryable
    assert "quite" not in str(caught.value)
    assert SECRET not in link.config.model_dump_json()


def test_an_answer_elsewhere_than_allowed_is_never_opened(link: Link) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    for url in (
        "http://example.test/x",
        "https://127.0.0.1.example.test/",
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/",
        "//x",
    ):
        link.side.foreign_url = url
        with pytest.raises(CommunicationError, match="許可していない相手"):
            link.adapter.collect(receipt)


def test_a_damaged_download_is_not_taken_in(link: Link) -> None:
    _register(link, "a")
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="q"))
    link.side.damage = True
    assert [problem.code for problem in link.adapter.collect(receipt).problems] == [ProblemCode.UNREADABLE]
    link.side.damage = False
    assert isinstance(link.adapter.collect(receipt).outcomes["L1"], Answered)


def test_download_hosts_outside_the_deployment_are_refused(link: Link) -> None:
    with pytest.raises(ConfigurationInvalid):
        build(changed(link.config, download_hosts="files.example.test"), keep=Keeper(), secrets=link.secrets)


def test_the_clocks_are_compared(link: Link) -> None:
    assert "時計の差" in {result.name for result in link.adapter.check_config()}


def test_an_oauth_link_needs_its_client() -> None:
    values = preset("rest").model_dump()
    values["transport"]["client_id"] = ""
    with pytest.raises(ValueError, match="クライアントID"):
        AdapterConfig.model_validate(values)
    assert Bounds().allowed_hosts
