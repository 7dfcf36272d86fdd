"""What is not kept of unsaved input, and when what was kept is forgotten: by the server and by the session that offers it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.platform.accounts.sign_in import sign_in
from tests.platform.accounts.test_drafts import PAGE, TYPED, drafts, send, tell, text_of


@pytest.mark.parametrize("is_told", [False, True])
def test_a_control_with_no_draft_is_not_kept_without_the_script_either(
    browser: Any, manager: Any, clock: Any, monkeypatch: Any, is_told: bool
) -> None:
    from accounts.forms import UserForm

    monkeypatch.setitem(UserForm.base_fields["section"].widget.attrs, "data-no-draft", True)
    sign_in(browser, manager)
    named = re.findall(r'<input type="hidden" name="draft:never" value="(\w+)">', text_of(browser.get(PAGE)))
    assert named == ["section"]
    sent = TYPED | {"draft:never": named}
    changed = ["", "kana#0", "section#0"]
    if is_told:
        tell(browser, sent | {"draft:changed": changed})
    clock.advance(minutes=31)
    if not is_told:
        send(browser, sent | {"draft:changed": changed})
    kept = drafts().get().fields()
    assert "高校教育課" not in str(kept)
    assert "section" not in str(kept)
    assert ("kana", "やまだ") in kept
    assert ("draft:changed", "kana#0") in kept


def test_a_page_without_such_a_control_is_left_as_it_is(browser: Any, manager: Any) -> None:
    sign_in(browser, manager)
    assert "draft:never" not in text_of(browser.get(PAGE))


@pytest.mark.parametrize(
    ("reason", "stays"),
    [("idle", True), ("absolute", True), ("replaced", True)]
    + [(each, False) for each in ("logout", "terminal", "disabled", "role", "factor", "window", "admin")],
)
def test_what_the_script_told_goes_with_a_session_that_somebody_ended(
    browser: Any, manager: Any, reason: str, stays: bool
) -> None:
    from accounts.models import EndReason
    from accounts.services import end_session

    sign_in(browser, manager)
    tell(browser, {"display_name": "一"})
    end_session(type(manager).objects.get(pk=manager.pk).live_session, EndReason(reason))
    assert drafts().exists() is stays


def test_a_session_knows_no_draft_that_was_thrown_away_or_taken_and_twenty_at_most(browser: Any, manager: Any) -> None:
    from accounts import session_state

    sign_in(browser, manager)
    tell(browser, {"display_name": "一"})
    browser.post(f"/account/draft/{drafts().get().pk}/discard/")
    assert session_state.drafts(browser.session) == {}
    tell(browser, {"display_name": "二"})
    assert list(session_state.drafts(browser.session)) == [str(drafts().get().pk)]
    assert send(browser).status_code == 302
    assert session_state.drafts(browser.session) == {}
    session = browser.session
    for number in range(25):
        session_state.note_draft(session, f"id-{number}", PAGE)
    assert list(session_state.drafts(session)) == [f"id-{number}" for number in range(5, 25)]
