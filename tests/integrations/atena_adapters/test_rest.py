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
from integrations.atena_adapters.simulator.serving.rest import RestSide
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import SECRET, Played, changed, played
from tests.integrations.atena_adapters.support import Keeper, Seed, atena, inquiry, registration


@pytest.fixture
def link(tmp_path: Path, seed: Seed) -> Iterator[Played]:
    """The REST preset."""
    with played(preset("rest"), seed, tmp_path / "link", run=inside) as opened:
        yield opened


def _other_side(link: Played) -> RestSide:
    side = link.facts["side"].rest
    assert isinstance(side, RestSide)
    return side


def _strike(link: Played, *faults: str) -> None:
    for fault in faults:
        link.facts["office"].faults.add(fault)


def _register(link: Played, batch_id: str) -> None:
    receipt = link.adapter.register(registration(1, batch_id=batch_id))
    assert isinstance(link.adapter.collect(receipt).outcomes[atena(1)], Registered)


def test_one_token_serves_until_shortly_before_it_ends(link: Played) -> None:
    for batch_id in ("a", "b", "c"):
        _register(link, batch_id)
    assert _other_side(link).tokens.issued == 1


def test_a_token_of_a_short_life_is_renewed(tmp_path: Path, seed: Seed) -> None:
    with played(preset("rest"), seed, tmp_path / "link", "--token-seconds", "0.5", run=inside) as link:
        _register(link, "a")
        assert _other_side(link).tokens.issued > 1


def test_a_refused_token_is_renewed_once(link: Played) -> None:
    _register(link, "a")
    _strike(link, "token_expired")
    _register(link, "b")
    assert _other_side(link).tokens.issued == 2
    _strike(link, "http_401:2")
    with pytest.raises(AuthenticationRefused):
        link.adapter.register(registration(1, batch_id="c"))


def test_a_busy_server_is_asked_again(link: Played) -> None:
    faults = link.facts["office"].faults
    _strike(link, "http_429", "http_503")
    assert set(faults.left()) == {"http_429", "http_503"}
    _register(link, "a")
    assert faults.left() == {}, "each refusal was met, and the same request sent again"
    assert _other_side(link).tokens.issued == 1


def test_a_wrong_secret_is_refused_and_shows_nowhere(link: Played) -> None:
    wrong = build(link.config, keep=Keeper(), secrets={"client_secret": SecretStr("quite-another-secret-of-32-chars")})
    with pytest.raises(AuthenticationRefused) as caught:
        wrong.register(registration(1, batch_id="x"))
    assert not caught.value.retryable
    assert "quite" not in str(caught.value)
    assert SECRET not in link.config.model_dump_json()


def test_an_answer_elsewhere_than_allowed_is_never_opened(link: Played) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    for url in (
        "http://example.test/x",
        "https://127.0.0.1.example.test/",
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/",
        "//x",
    ):
        _other_side(link).download_url = url
        with pytest.raises(CommunicationError, match="許可していない相手"):
            link.adapter.collect(receipt)


def test_a_damaged_download_is_not_taken_in(link: Played) -> None:
    _register(link, "a")
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="q"))
    _strike(link, "truncated@inquiry")
    assert [problem.code for problem in link.adapter.collect(receipt).problems] == [ProblemCode.UNREADABLE]
    assert isinstance(link.adapter.collect(receipt).outcomes["L1"], Answered)


def test_download_hosts_outside_the_deployment_are_refused(link: Played) -> None:
    with pytest.raises(ConfigurationInvalid):
        build(changed(link.config, download_hosts="files.example.test"), keep=Keeper(), secrets=link.secrets)


def test_the_clocks_are_compared(link: Played) -> None:
    assert "時計の差" in {result.name for result in link.adapter.check_config()}


def test_an_oauth_link_needs_its_client() -> None:
    values = preset("rest").model_dump()
    values["transport"]["client_id"] = ""
    with pytest.raises(ValueError, match="クライアントID"):
        AdapterConfig.model_validate(values)
    assert Bounds().allowed_hosts
