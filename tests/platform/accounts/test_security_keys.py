"""Security keys (WebAuthn) at enrolment, log-in and step-up; every wrong answer is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.accounts.sign_in import PASSWORD, client_of, give_password, sign_in
from tests.platform.accounts.soft_key import SoftKey


def send(client: Any, url: str, body: Any = None) -> Any:
    return client.post(url, body if body is not None else {}, content_type="application/json")


def register(user: Any, key: SoftKey, host: str = "kou.localhost") -> Any:
    """The person enrols anew with this key; the answer to its registration."""
    from accounts.services import issue_activation_code

    client = client_of(host)
    client.post("/enrol/", {"username": user.username, "code": issue_activation_code(user)})
    client.post("/enrol/password/", {"password": PASSWORD, "again": PASSWORD})
    client.get("/enrol/device/")
    options = send(client, "/enrol/key/begin/").json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == host
    answer = send(client, "/enrol/key/finish/", key.create(options))
    if answer.status_code == 200:
        assert client.post("/enrol/codes/").status_code == 200
    return answer


@pytest.fixture
def keyed(try_views: None, clerk: Any) -> tuple[Any, SoftKey]:
    key = SoftKey()
    assert register(clerk, key).json() == {"next": "/enrol/codes/"}
    return type(clerk).objects.get(pk=clerk.pk), key


def challenged(user: Any) -> tuple[Any, Any]:
    client = client_of("kou.localhost")
    give_password(client, user)
    return client, send(client, "/login/key/begin/").json()


def test_a_person_enrols_and_logs_in_with_a_key(events: Any, keyed: Any) -> None:
    user, key = keyed
    client, options = challenged(user)
    assert options["userVerification"] == "required"
    assert send(client, "/login/key/finish/", key.get(options)).json() == {"next": "/"}
    assert client.get("/").status_code == 200
    assert user.session_records.get(ended_at=None).method == "webauthn"
    assert client.get("/act/").content == b"done", "a key is as fresh as a number"
    assert events("session:otp:enrolled")[-1].detail == {"method": "webauthn"}


def test_the_key_opens_important_acts_again(keyed: Any, clock: Any) -> None:
    user, key = keyed
    client, options = challenged(user)
    send(client, "/login/key/finish/", key.get(options))
    clock.advance(minutes=11)
    assert client.get("/act/").url.startswith("/step-up/")
    before = client.cookies["sessionid"].value
    options = send(client, "/step-up/key/begin/").json()
    assert send(client, "/step-up/key/finish/?next=/act/", key.get(options)).json() == {"next": "/act/"}
    assert client.cookies["sessionid"].value != before
    assert client.get("/act/").content == b"done"


def test_an_answer_counts_once(keyed: Any) -> None:
    user, key = keyed
    client, options = challenged(user)
    answer = key.get(options)
    assert send(client, "/login/key/finish/", answer).status_code == 200
    other, _ = challenged(user)
    assert send(other, "/login/key/finish/", answer).status_code == 400
    assert send(other, "/login/key/finish/", answer).status_code == 400, "and without a question there is no answer"


@pytest.mark.parametrize(
    "wrong", ["another key", "not verified", "another origin", "another host", "old count", "junk"]
)
def test_a_wrong_answer_is_refused_and_recorded(keyed: Any, events: Any, wrong: str) -> None:
    user, key = keyed
    client, options = challenged(user)
    if wrong == "another key":
        stranger = SoftKey()
        stranger.id = key.id
        answer: Any = stranger.get(options)
    elif wrong == "not verified":
        key.verifies = False
        answer = key.get(options)
    elif wrong == "another origin":
        key.origin = "http://otsu.localhost"
        answer = key.get(options)
    elif wrong == "another host":
        answer = key.get(options | {"rpId": "otsu.localhost"})
    elif wrong == "old count":
        key.count = -1
        answer = key.get(options)
    else:
        answer = ["nothing"]
    refused = send(client, "/login/key/finish/", answer)
    assert refused.status_code == 400
    assert "もう一度" in refused.json()["error"]
    assert client.get("/").status_code == 302
    assert len(events("session:otp:failed")) == 1


def test_a_key_that_somebody_has_is_refused_like_any_other_answer(keyed: Any, manager: Any, events: Any) -> None:
    """Not by an error of the server: that would say whose key it may be."""
    _, key = keyed
    before = len(events("session:otp:failed"))
    refused = register(manager, key)
    assert (refused.status_code, "もう一度" in refused.json()["error"]) == (400, True)
    assert len(events("session:otp:failed")) == before + 1


def test_an_answer_that_is_nested_without_end_is_refused(keyed: Any) -> None:
    client, _ = challenged(keyed[0])
    deep = "[" * 200_000
    assert client.post("/login/key/finish/", deep, content_type="application/json").status_code == 400


def test_a_failed_key_counts_among_the_failures_that_the_person_is_shown(keyed: Any) -> None:
    """At log-in and at step-up; else the panel says that nobody tried."""
    user, key = keyed
    client, options = challenged(user)
    assert send(client, "/login/key/finish/", ["nothing"]).status_code == 400
    options = send(client, "/login/key/begin/").json()
    assert send(client, "/login/key/finish/", key.get(options)).status_code == 200
    assert "番号が1回入力" in client.get("/account/").content.decode()
    send(client, "/step-up/key/begin/")
    assert send(client, "/step-up/key/finish/", {}).status_code == 400
    assert type(user).objects.get(pk=user.pk).failures_since_login == 1


def test_a_key_without_pin_or_finger_is_not_registered(try_views: None, clerk: Any) -> None:
    assert register(clerk, SoftKey(verifies=False)).status_code == 400
    assert register(clerk, SoftKey(origin="http://otsu.localhost")).status_code == 400


def test_nobody_answers_for_another_person(keyed: Any, handler: Any) -> None:
    _, key = keyed
    second = SoftKey()
    register(handler, second)
    client, options = challenged(handler)
    assert send(client, "/login/key/finish/", key.get(options)).status_code == 400


def test_a_new_code_takes_the_key_away(keyed: Any) -> None:
    from django_otp_webauthn.models import WebAuthnCredential

    from accounts.services import issue_activation_code

    user, _ = keyed
    issue_activation_code(user)
    assert not WebAuthnCredential.objects.filter(user=user).exists()


def test_without_the_password_and_without_a_key_there_is_no_question(try_views: None, clerk: Any) -> None:
    client = client_of("kou.localhost")
    for url in ("/login/key/begin/", "/login/key/finish/", "/enrol/key/begin/", "/enrol/key/finish/"):
        assert send(client, url).status_code == 400
    give_password(client, clerk)
    assert "登録がありません" in send(client, "/login/key/begin/").json()["error"]
    sign_in(client, clerk)
    assert send(client, "/step-up/key/begin/").status_code == 400


def test_the_pages_offer_the_key_by_a_script_of_ours_alone(keyed: Any) -> None:
    client = client_of("kou.localhost")
    give_password(client, keyed[0])
    page = client.get("/login/otp/").content.decode()
    assert "accounts/js/security-key" in page
    assert "onclick" not in page
    assert "<script>" not in page
