"""Each preset that ships says in Japanese what it is."""

from __future__ import annotations

import pytest

from integrations.atena_adapters.presets import preset_names, preset_title


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_has_a_title_of_its_own(name: str) -> None:
    assert preset_title(name) != name
    assert [other for other in preset_names() if preset_title(other) == preset_title(name)] == [name]


def test_an_unknown_preset_is_shown_by_its_name() -> None:
    assert preset_title("yoso") == "yoso"
