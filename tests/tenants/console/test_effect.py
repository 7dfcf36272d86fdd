"""The effect of a configuration on a fictitious record, while it is typed, with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tenants.console.conftest import filled, text_of

HERE = "/prefectures/290009/adapter/new/"


def changed(operator: Any, preset: str, **changes: str) -> str:
    """The page after the button, which is what a browser without scripts gets."""
    sent = filled(operator.get(f"{HERE}?preset={preset}").content.decode())
    page = operator.post(f"{HERE}?preset={preset}", {**sent, **changes, "switch": "effect"})
    assert page.status_code == 200
    return str(page.content.decode())


@pytest.mark.parametrize(
    "name", ["rest", "sftp", "fixed", "database", "medium", "terminal", "nara", "hiroshima", "osaka"]
)
def test_every_preset_shows_its_records(kou: Any, operator: Any, name: str) -> None:
    page = operator.get(f"{HERE}?preset={name}")
    shown = text_of(page)
    assert "受け取る: 情報照会の回答" in shown, shown[-900:]
    assert "読み戻せません" not in shown
    assert "書けません" not in shown
    assert "生年月日" in shown
    assert "回答あり" in shown, "codes are shown in words"
    assert " answered " not in shown


def test_a_changed_date_form_shows_in_text_and_bytes(kou: Any, operator: Any) -> None:
    shown = changed(operator, "nara", **{"dialect.dates.day": "GYYMMDD"})
    assert '<td>2019-05-01</td><td>5010501</td><td class="octets">35 30 31 30 35 30 31</td>' in shown
    assert 'value="GYYMMDD" selected' in shown, "what was typed stays"


def test_the_first_difference_is_marked(kou: Any, operator: Any) -> None:
    """CP932 has another sign for minus than Unicode's: an address comes back changed."""
    shown = changed(operator, "osaka")
    assert '▶ 住所（住所）<span class="visually-hidden">（最初に変わる項目）' in shown
    assert shown.count("<mark>") == 2, "the first of each record"
    assert "<mark>" not in changed(operator, "nara")


def test_a_value_that_does_not_fit_is_told(kou: Any, operator: Any) -> None:
    sent = filled(operator.get(f"{HERE}?preset=fixed").content.decode())
    columns = sent["dialect.layouts.inquiry_answer"][0].replace("総所得@11r0", "総所得@3r0")
    assert "見本を書けません。総所得が長すぎます" in changed(
        operator, "fixed", **{"dialect.layouts.inquiry_answer": columns}
    )


def test_a_mistake_leaves_the_panel_with_a_word(kou: Any, operator: Any) -> None:
    assert "見本を作れません" in changed(operator, "nara", **{"transport.attempts": "たくさん"})


def test_it_renews_itself_with_scripts_and_never_holds_a_secret(kou: Any, operator: Any) -> None:
    from tenants.console.models import AdapterDraft

    shown = changed(operator, "nara", **{"secret-value.transport.auth_secret": "himitsu-no-atai"})
    assert 'hx-trigger="change from:#adapter delay:400ms"' in shown
    assert "himitsu-no-atai" not in shown
    assert not AdapterDraft.objects.exists(), "looking saves nothing"
