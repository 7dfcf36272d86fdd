"""Unsaved input outlives a time-out and a step-up: sealed, for the same person on the same terminal, and nothing is saved by it."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.conf import settings

from tests.platform.accounts.sign_in import client_of, code_of, give_code, give_password, make_person, sign_in
from tests.platform.web.test_fields import _form_classes

PAGE = "/users/new/"
TYPED = {
    "username": "shinjin",
    "display_name": "山田 未保存",
    "kana": "やまだ",
    "section": "高校教育課",
    "ends_on": "R9.3.31",
}


def drafts() -> Any:
    from accounts.models import InputDraft

    return InputDraft.objects.all()


def send(browser: Any, typed: dict[str, Any] | None = None, path: str = PAGE) -> Any:
    return browser.post(path, typed or TYPED, headers={"referer": f"http://kou.localhost{path}"})


def come_back(browser: Any, user: Any, next_path: str = PAGE) -> Any:
    give_password(browser, user, next_path=next_path)
    return give_code(browser, user)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def people() -> set[str]:
    from accounts.models import User

    return set(User.objects.values_list("username", flat=True))


@pytest.fixture
def left(browser: Any, manager: Any, clock: Any) -> Any:
    """The manager's browser after a form was sent too late."""
    sign_in(browser, manager)
    clock.advance(minutes=31)
    landed = send(browser).url
    assert landed == "/login/?next=%2Fusers%2Fnew%2F&ended=idle&sent=kept"
    assert "入力は残しました" in text_of(browser.get(landed))
    return browser


def test_a_form_sent_too_late_is_offered_and_comes_back_filled_and_unsaved(
    left: Any, manager: Any, events: Any
) -> None:
    assert come_back(left, manager).url == PAGE
    offered = text_of(left.get(PAGE))
    assert "保存前の入力を戻しますか" in offered
    assert "山田 未保存" not in offered
    draft = drafts().get()
    assert left.post(f"/account/draft/{draft.pk}/restore/").url == PAGE
    filled = text_of(left.get(PAGE))
    assert "まだ保存されていません" in filled
    assert "印の付いた5か所" in filled
    assert "保存する前に、全部の項目を確かめてください" in filled, "nobody knows what of the form was changed"
    assert all(f'value="{value}"' in filled for value in TYPED.values())
    assert "shinjin" not in people()
    assert "保存前の入力を戻しますか" in text_of(left.get(PAGE)), "until it is saved or thrown away"
    assert send(left).status_code == 302
    assert not drafts().exists()
    told = [(event.event, event.subjects, event.detail) for event in events()]
    assert "未保存" not in str(told)
    assert not [name for name, _, _ in told if "draft" in name]


def test_thrown_away_it_is_gone(left: Any, manager: Any) -> None:
    come_back(left, manager)
    assert left.post(f"/account/draft/{drafts().get().pk}/discard/").url == PAGE
    assert not drafts().exists()
    assert "保存前の入力" not in text_of(left.get(PAGE))


def test_after_housekeeping_ended_the_session_it_is_kept_too(browser: Any, manager: Any, clock: Any) -> None:
    from accounts.services import end_expired_sessions

    sign_in(browser, manager)
    clock.advance(minutes=40)
    assert end_expired_sessions() == 1
    assert send(browser).url.endswith("ended=idle&sent=kept")
    assert drafts().get().user == manager


def test_what_is_kept_lies_sealed_for_that_row_alone(left: Any, clerk: Any) -> None:
    from tenants.core.keys import SealBroken

    draft = drafts().get()
    assert "未保存".encode() not in bytes(draft.sealed)
    assert dict(draft.fields()) == TYPED
    draft.user = clerk
    with pytest.raises(SealBroken):
        draft.fields()


def test_nobody_else_is_offered_it(left: Any, manager: Any) -> None:
    from accounts.roles import Role

    draft = drafts().get()
    other = make_person("other", Role.TENANT_ADMIN)
    come_back(left, other)
    assert "保存前の入力" not in text_of(left.get(PAGE))
    for act in ("restore", "discard"):
        assert left.post(f"/account/draft/{draft.pk}/{act}/").status_code == 404
    elsewhere = client_of("kou.localhost")
    come_back(elsewhere, manager)
    assert "保存前の入力" not in text_of(elsewhere.get(PAGE)), "another terminal"
    assert elsewhere.post(f"/account/draft/{draft.pk}/restore/").status_code == 404
    assert drafts().exists()


def test_whoever_comes_out_elsewhere_is_told(left: Any, manager: Any) -> None:
    come_back(left, manager, next_path="/account/")
    assert "保存前の入力が残っています" in text_of(left.get("/account/"))


def test_after_twelve_hours_it_is_neither_offered_nor_there(left: Any, manager: Any, clock: Any) -> None:
    from accounts.services import tidy

    clock.advance(hours=12)
    come_back(left, manager)
    assert "保存前の入力" not in text_of(left.get(PAGE))
    assert drafts().exists()
    tidy()
    assert not drafts().exists()


def test_logging_out_leaves_none(left: Any, manager: Any) -> None:
    come_back(left, manager)
    left.post("/logout/")
    assert not drafts().exists()


@pytest.mark.parametrize("how", ["replaced", "stolen", "stopped"])
def test_only_a_session_that_ran_out_leaves_a_draft(browser: Any, manager: Any, clock: Any, how: str) -> None:
    from accounts import services

    sign_in(browser, manager)
    sender = browser
    if how == "replaced":
        sign_in(client_of("kou.localhost"), manager)
    elif how == "stopped":
        services.disable_user(manager)
    else:
        clock.advance(minutes=31)
        sender = client_of("kou.localhost")  # the session's cookie without its terminal's
        sender.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert send(sender).url.startswith("/login/")
    assert not drafts().exists()


def test_a_forged_form_leaves_none(try_views: None, manager: Any, clock: Any) -> None:
    strict = client_of("kou.localhost", enforce_csrf_checks=False)
    sign_in(strict, manager)
    clock.advance(minutes=31)
    strict.handler.enforce_csrf_checks = True
    assert send(strict).status_code == 403
    assert not drafts().exists()


@pytest.mark.parametrize("secret", ["123456789018", "１２３４ ５６７８ ９０１８"])
def test_what_reads_like_an_individual_number_is_left_out(browser: Any, manager: Any, clock: Any, secret: str) -> None:
    sign_in(browser, manager)
    clock.advance(minutes=31)
    send(browser, TYPED | {"section": secret, "password": "hokko", "token": "123456"})
    assert dict(drafts().get().fields()) == {name: value for name, value in TYPED.items() if name != "section"}


def test_no_field_for_a_secret_has_a_name_that_is_kept(in_a: Any) -> None:
    """Of every form that is declared; the console's form for an adapter names its secrets itself and keeps no drafts at all."""
    from accounts.field_matrix import row_of
    from accounts.services.drafts import SECRET

    found = {
        name
        for form in _form_classes()
        for name, one in form.base_fields.items()  # type: ignore[attr-defined]
        if isinstance(one.widget, forms.PasswordInput) or one.widget.attrs.get("autocomplete") == "one-time-code"
    }
    assert found >= {"password", "again", "current", "token", "secret"}
    assert found <= SECRET
    assert all(
        not row.keeps_drafts for name in ("adapter", "adapter_new") if (row := row_of("console", f"console:{name}"))
    )


def test_pages_of_numbers_and_of_strangers_keep_none_whatever_is_marked() -> None:
    from accounts.field_matrix import views
    from accounts.permissions import NUMBER_PERMISSIONS

    rows = views()
    closed = [row for row in rows if row.permission is None or row.permission in NUMBER_PERMISSIONS]
    assert len(closed) > 40
    assert not [row.name for row in closed if row.keeps_drafts]
    kept = {row.name for row in rows if row.keeps_drafts}
    assert kept >= {"households:members", "statements:send_back", "payments:expense_new", "review:incident_act"}
    assert not kept & {"households:correct_household", "households:address", "payments:payer", "accounts:password"}


def test_a_step_up_in_between_gives_the_form_back_and_says_to_press_again(
    browser: Any, manager: Any, clock: Any
) -> None:
    sign_in(browser, manager)
    clock.advance(minutes=11)
    asked = send(browser)
    assert asked.url == "/step-up/?next=%2Fusers%2Fnew%2F&sent=1"
    assert "いまの操作はまだ行われていません" in text_of(browser.get(asked.url))
    assert browser.post(asked.url, {"token": code_of(manager)}).url == PAGE
    back = text_of(browser.get(PAGE))
    assert "操作はまだ行われていません。もう一度ボタンを押してください。" in back
    assert all(f'value="{value}"' in back for value in TYPED.values())
    assert "shinjin" not in people()
    assert send(browser).status_code == 302
    assert not drafts().exists()


def test_a_press_without_input_leaves_a_message_alone(browser: Any, manager: Any, clock: Any) -> None:
    sign_in(browser, manager)
    clock.advance(minutes=11)
    asked = browser.post("/account/backup-codes/", headers={"referer": "http://kou.localhost/account/"})
    browser.post(asked.url, {"token": code_of(manager)})
    back = text_of(browser.get("/account/"))
    assert "もう一度ボタンを押してください" in back
    assert "保存前の入力" not in back


# --- told by our script while somebody types --------------------------------------------------------------------------


def tell(browser: Any, typed: dict[str, Any], page: str = PAGE, **more: str) -> Any:
    told = {"draft:page": page, "draft:action": f"http://kou.localhost{page}", **more}
    return browser.post("/account/draft/", typed | told)


def test_what_was_typed_and_never_sent_is_offered_too(browser: Any, manager: Any, clock: Any) -> None:
    sign_in(browser, manager)
    assert tell(browser, {"display_name": "一"}).status_code == 204
    assert tell(browser, {"display_name": "山田 未保存"}).status_code == 204
    clock.advance(minutes=31)
    assert browser.get("/").url.startswith("/login/")
    come_back(browser, manager)
    assert "保存前の入力を戻しますか" in text_of(browser.get(PAGE))
    assert drafts().get().fields() == [("display_name", "山田 未保存")]


@pytest.mark.parametrize("is_late", [False, True])
def test_what_a_colleague_saved_meanwhile_is_not_undone(
    browser: Any, manager: Any, clerk: Any, clock: Any, is_late: bool
) -> None:
    """Only the control that was changed comes back, whether the script told it or the form itself came too late."""
    from accounts.models import User

    sign_in(browser, manager)
    page = f"/users/{clerk.pk}/"
    typed = {
        "display_name": clerk.display_name,
        "kana": "みほぞん",
        "section": "古い係",
        "draft:changed": ["", "kana#0"],
    }
    if is_late:
        clock.advance(minutes=31)
        send(browser, typed, page)
    else:
        tell(browser, typed, page)
        clock.advance(minutes=31)
    User.objects.filter(pk=clerk.pk).update(section="新しい係")
    come_back(browser, manager, next_path=page)
    browser.post(f"/account/draft/{drafts().get().pk}/restore/")
    filled = text_of(browser.get(page))
    assert "印の付いた1か所" in filled
    assert "全部の項目を確かめてください" not in filled
    assert 'value="みほぞん"' in filled
    assert 'value="新しい係"' in filled
    assert 'value="古い係"' not in filled


def test_what_was_put_back_by_hand_leaves_no_draft(browser: Any, manager: Any) -> None:
    sign_in(browser, manager)
    tell(browser, {"display_name": "一", "draft:changed": "display_name#0"})
    assert drafts().exists()
    tell(browser, {"draft:changed": ""})
    assert not drafts().exists()


def test_a_stale_tab_promises_a_draft_only_where_one_is_kept(browser: Any, manager: Any) -> None:
    sign_in(browser, manager)
    browser.handler.enforce_csrf_checks = True
    bare = send(browser)
    assert bare.status_code == 403
    assert "いま送った入力は残っていません" in bare.content.decode()
    assert f'href="{PAGE}"' in bare.content.decode()
    browser.handler.enforce_csrf_checks = False
    tell(browser, TYPED)
    browser.handler.enforce_csrf_checks = True
    kept = send(browser).content.decode()
    assert "までの入力は下書きとして残っています" in kept
    assert "残っていません" not in kept
    assert "保存前の入力を戻しますか" in text_of(browser.get(PAGE))


def test_the_answer_to_a_refused_form_says_so_to_the_script(browser: Any, manager: Any) -> None:
    sign_in(browser, manager)
    assert "data-answer" not in text_of(browser.get(PAGE))
    assert "data-answer" in browser.post(PAGE, {"kana": "やまだ"}).content.decode()


def test_the_script_of_a_machine_that_slept_comes_too_late_and_is_heard_all_the_same(
    browser: Any, manager: Any, clock: Any
) -> None:
    sign_in(browser, manager)
    clock.advance(hours=2)
    assert tell(browser, TYPED).url.startswith("/login/")
    assert dict(drafts().get().fields()) == TYPED
    assert (drafts().get().page, drafts().get().action) == (PAGE, PAGE)


def test_typing_is_a_sign_of_life_and_the_scripts_clock_is_none(browser: Any, manager: Any, clock: Any) -> None:
    sign_in(browser, manager)
    for _ in range(3):
        clock.advance(minutes=20)
        assert tell(browser, {"display_name": "一"}, **{"draft:alive": "1"}).status_code == 204
    clock.advance(minutes=20)
    assert tell(browser, {"display_name": "二"}).status_code == 204
    clock.advance(minutes=10)
    assert tell(browser, {"display_name": "三"}).url.startswith("/login/")


@pytest.mark.parametrize("page", ["/account/password/", "/login/", "https://evil.example/users/new/", "/nowhere/", ""])
def test_the_script_cannot_have_kept_what_may_not_be(browser: Any, manager: Any, page: str) -> None:
    sign_in(browser, manager)
    assert tell(browser, {"display_name": "一"}, page=page).status_code == 204
    assert not drafts().exists()


def test_a_person_keeps_twenty_and_none_too_large(browser: Any, manager: Any) -> None:
    from accounts.services.drafts import keep

    for number in range(22):
        assert keep(manager, "T-1", "/a/", f"/a/{number}/", [("x", "1")])
    assert drafts().count() == 20
    assert keep(manager, "T-1", "/a/", "/b/", [("x", "あ" * 70_000)]) is None
    assert keep(manager, "T-1", "/a/", "/b/", [("x", " ")]) is None


def test_the_page_tells_the_script_how_long_the_session_lasts(browser: Any, manager: Any, clock: Any) -> None:
    sign_in(browser, manager)
    assert 'data-idle="1800" data-absolute="43200" data-keeps' in text_of(browser.get(PAGE))
    clock.advance(hours=12, minutes=-20)
    assert browser.get("/account/").status_code == 302
    clock.advance(minutes=1)
    come_back(browser, manager, next_path="/account/password/")
    secret = text_of(browser.get("/account/password/"))
    assert 'id="leaving"' in secret
    assert "data-keeps" not in secret


def test_the_console_keeps_drafts_of_its_own_people(prefecture_a: Any, in_console: Any, clock: Any) -> None:
    from accounts.roles import Role

    operator = make_person("operator", Role.OPERATOR)
    console = client_of("console.localhost")
    sign_in(console, operator)
    clock.advance(minutes=31)
    page = "http://console.localhost/onboarding/"
    assert console.post("/onboarding/", {"name": "丁県"}, headers={"referer": page}).url.endswith("sent=kept")
    give_password(console, operator, next_path="/onboarding/")
    assert give_code(console, operator).url == "/onboarding/"
    assert "保存前の入力を戻しますか" in text_of(console.get("/onboarding/"))
    secrets = "/prefectures/999999/adapter/"
    console.post("/account/draft/", {"x": "1", "draft:page": secrets, "draft:action": secrets})
    assert [draft.action for draft in drafts()] == ["/onboarding/"]
