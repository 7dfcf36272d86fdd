"""The environment reader refuses what it does not know, and names the variable without its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.env import KNOWN, SECRETS, Environment, EnvironmentRefused


def test_an_unknown_variable_stops_the_start() -> None:
    with pytest.raises(EnvironmentRefused, match="SHOREI_DATABSE_HOST"):
        Environment({"SHOREI_DATABSE_HOST": "x"})


def test_other_programs_variables_are_none_of_our_business() -> None:
    assert Environment({"PATH": "/bin"}).optional("SHOREI_TRUSTED_PROXY") is None


@pytest.mark.parametrize("value", ["", "5432x", "1.5"])
def test_a_malformed_number_names_the_variable_and_not_the_value(value: str) -> None:
    with pytest.raises(EnvironmentRefused) as refused:
        Environment({"SHOREI_DATABASE_PORT": value}).integer("SHOREI_DATABASE_PORT")
    assert "SHOREI_DATABASE_PORT" in str(refused.value)
    assert not value or value not in str(refused.value)


def test_a_choice_outside_the_list() -> None:
    with pytest.raises(EnvironmentRefused, match="SHOREI_LOG_LEVEL"):
        Environment({"SHOREI_LOG_LEVEL": "LOUD"}).choice("SHOREI_LOG_LEVEL", ("INFO", "ERROR"), "INFO")


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(EnvironmentRefused, match="SHOREI_VAR"):
        Environment({"SHOREI_VAR": "var"}).path("SHOREI_VAR", Path("/tmp"))


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("hidden\n")
    assert Environment({"SHOREI_MASTER_KEY_FILE": str(file)}).secret("SHOREI_MASTER_KEY") == "hidden"


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_secret_file(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(EnvironmentRefused, match="SHOREI_MASTER_KEY_FILE"):
        Environment({"SHOREI_MASTER_KEY_FILE": str(file)}).secret("SHOREI_MASTER_KEY")


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    values = {"SHOREI_MASTER_KEY": "a", "SHOREI_MASTER_KEY_FILE": str(tmp_path)}
    with pytest.raises(EnvironmentRefused, match="both set"):
        Environment(values).secret("SHOREI_MASTER_KEY")


def test_every_secret_is_known_and_every_name_described() -> None:
    assert set(KNOWN) >= SECRETS
    assert all(description for description in KNOWN.values())


@pytest.mark.parametrize("value", ["0.0.0.0/0", "10.0.0.0/8, ::/0", "somewhere", "10.0.0.1/8", ",,"])
def test_networks_are_networks_and_not_all_there_are(value: str) -> None:
    with pytest.raises(EnvironmentRefused, match="SHOREI_CONSOLE_NETWORKS") as refused:
        Environment({"SHOREI_CONSOLE_NETWORKS": value}).networks("SHOREI_CONSOLE_NETWORKS")
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", ["proxy.example.jp", "10.0.0.1:443", "10.0.0.5/24", "0.0.0.0/0", ","])
def test_the_proxy_is_named_by_address_or_nothing_starts(value: str) -> None:
    """Read at the first request instead, a host name would make every page fail that asks where somebody is."""
    with pytest.raises(EnvironmentRefused, match="SHOREI_TRUSTED_PROXY") as refused:
        Environment({"SHOREI_TRUSTED_PROXY": value}).optional_networks("SHOREI_TRUSTED_PROXY")
    assert value == "," or value not in str(refused.value)
    assert Environment({}).optional_networks("SHOREI_TRUSTED_PROXY") == []


def test_files_that_settings_name_are_there_and_are_what_they_should_be(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    for name in ("none.pem", "nowhere.pem"):
        with pytest.raises(EnvironmentRefused, match="SHOREI_INTERNAL_CA"):
            Environment({"SHOREI_INTERNAL_CA": str(tmp_path / name)}).certificates("SHOREI_INTERNAL_CA")
    with pytest.raises(EnvironmentRefused, match="SHOREI_BREACHED_PASSWORDS"):
        Environment({"SHOREI_BREACHED_PASSWORDS": str(tmp_path / "none")}).optional_file("SHOREI_BREACHED_PASSWORDS")
    assert Environment({}).optional_file("SHOREI_BREACHED_PASSWORDS") is None


@pytest.mark.parametrize(
    "value", ["scanner.example.jp:3310", "10.0.0.9:3310", "127.0.0.1", "127.0.0.1:clamd", "clamd.sock"]
)
def test_the_scanner_is_on_this_machine(value: str) -> None:
    """Its protocol is plain, and rosters go through it."""
    with pytest.raises(EnvironmentRefused, match="SHOREI_SCANNER") as refused:
        Environment({"SHOREI_SCANNER": value}).on_this_machine("SHOREI_SCANNER")
    assert value not in str(refused.value)


@pytest.mark.parametrize("value", ["/run/clamav/clamd.sock", "127.0.0.1:3310", "[::1]:3310"])
def test_a_socket_or_a_port_of_loopback_will_do(value: str) -> None:
    assert Environment({"SHOREI_SCANNER": value}).on_this_machine("SHOREI_SCANNER") == value
