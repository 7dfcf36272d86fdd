"""A lost authenticator is stopped by one person at once; every change of factors is told; 24 hours pass without numbers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, make_person, sign_in

ROOT = Path(__file__).parents[3]


@pytest.fixture
def second(in_a: Any) -> Any:
    from accounts.roles import Role

    return make_person("second", Role.SECURITY_MANAGER)


def told(reader: Any) -> list[str]:
    return [notice.what for notice in reader.notices.filter(seen_at=None).order_by("pk")]


def test_ones_own_authenticator_is_declared_lost_without_a_code_and_everything_stops(clerk: Any, events: Any) -> None:
    from accounts.models import BackupCodeDevice, TotpDevice

    client, url = client_of("kou.localhost"), "/account/"
    sign_in(client, clerk)
    session = client.session
    del session["accounts.otp_at"]
    session.save()
    assert "認証器をなくした" in client.get(url).content.decode()
    assert client.post("/account/lost/").url == "/logged-out/"
    assert client.get(url).status_code == 302
    for model in (TotpDevice, BackupCodeDevice):
        assert not model.objects.filter(user=clerk).exists()
    assert [one.detail["change"] for one in events("account:factor:changed")] == ["declared_lost"]
    assert told(clerk) == ["declared_lost"]


def test_a_manager_declares_it_alone_and_a_new_code_needs_the_second_person(
    clerk: Any, manager: Any, second: Any
) -> None:
    from accounts.errors import NeedsSecondPerson
    from accounts.models import User
    from accounts.services import issue_activation_code
    from audit.trail.actors import Actor, ActorKind, acting_as

    sign_in(client_of("kou.localhost"), second)
    victim, managing = client_of("kou.localhost"), client_of("kou.localhost")
    sign_in(victim, clerk)
    sign_in(managing, manager)
    assert "認証器の紛失を記録する" in managing.get(f"/users/{clerk.pk}/").content.decode()
    managing.post(f"/users/{clerk.pk}/factor-lost/")
    assert victim.get("/account/").status_code == 302
    actor = Actor(ActorKind.PERSON, str(manager.pk), manager.display_name, "テナント管理者")
    with acting_as(actor), pytest.raises(NeedsSecondPerson):
        issue_activation_code(User.objects.get(pk=clerk.pk))
    assert told(manager) == ["declared_lost"]


def test_a_declared_loss_takes_the_hardware_token_and_codes_already_handed_out(in_a: Any, clerk: Any) -> None:
    from accounts.models import ActivationCode, HardwareToken
    from accounts.services import declare_lost
    from accounts.services.activation import issue_activation_code
    from accounts.services.tokens import assign_token, load_tokens
    from tests.platform.accounts.test_tokens import csv_file

    load_tokens(csv_file())
    assign_token("A100", clerk)
    issue_activation_code(clerk)
    declare_lost(clerk)
    token = HardwareToken.objects.get(serial="A100")
    assert (token.state, token.user) == ("lost", None)
    assert not ActivationCode.objects.filter(user=clerk, revoked_at=None).exists()


def _totp(user: Any) -> None:
    from accounts.services import confirm_totp, enrol_totp

    device = enrol_totp(user)
    assert confirm_totp(user, device, device.unused_code()[0]).is_accepted


def _token_back(user: Any, how: str) -> None:
    from accounts.models import HardwareToken, TotpDevice
    from accounts.services import tokens
    from tests.platform.accounts.test_tokens import csv_file

    tokens.load_tokens(csv_file())
    token = tokens.assign_token("A100", user)
    TotpDevice.objects.filter(user=user).update(token=token)
    getattr(tokens, how)(HardwareToken.objects.get(pk=token.pk))


def _reset(user: Any) -> None:
    from accounts.services import issue_activation_code

    issue_activation_code(user)


def _lost(user: Any) -> None:
    from accounts.services import declare_lost

    declare_lost(user)


PATHS = {
    "totp_enrolled": _totp,
    "token_returned": lambda user: _token_back(user, "return_token"),
    "token_lost": lambda user: _token_back(user, "lose_token"),
    "activation_issued": _reset,
    "declared_lost": _lost,
}
"""Every way in which factors change, but the security key, which test_security_keys.py walks with a soft key."""


@pytest.mark.parametrize("what", PATHS)
def test_every_change_starts_24_hours_without_numbers_and_is_told_until_seen(
    handler: Any, manager: Any, clock: Any, what: str
) -> None:
    from accounts.models import User
    from accounts.services import notices

    User.objects.filter(pk=handler.pk).update(factor_changed_at=clock.now - timedelta(days=30))
    PATHS[what](User.objects.get(pk=handler.pk))
    changed = User.objects.get(pk=handler.pk)
    assert changed.factor_changed_at == clock.now
    assert told(changed) == told(manager) == [what]
    sentences = client_of("kou.localhost")
    sign_in(sentences, manager)
    page = sentences.get("/").content.decode()
    assert f"{handler.display_name}さんの" in page
    newest = notices.unseen(manager)[0].pk
    sentences.post("/account/notices/seen/", {"up_to": str(newest)})
    assert "notices-title" not in sentences.get("/").content.decode()
    assert told(changed) == [what], "the person has not seen theirs"


def test_a_used_and_a_renewed_backup_code_are_told(clerk: Any, manager: Any) -> None:
    from accounts.services import issue_backup_codes, verify_backup_code

    codes = issue_backup_codes(clerk)
    assert verify_backup_code(clerk, codes[0], "login").is_accepted
    assert told(clerk) == told(manager) == ["backup_issued", "backup_used"]


def enrol_first(issuer: Any, *, section: str) -> Any:
    """A new person of this place comes to their first authenticator with a code of this manager."""
    from accounts.models import User
    from accounts.services import confirm_totp, create_user, enrol_totp, issue_backup_codes
    from accounts.services.activation import issue_activation_code
    from audit.trail.actors import Actor, ActorKind, acting_as

    user = create_user("newcomer", "サンプル 新人", section=section)
    with acting_as(Actor(ActorKind.PERSON, str(issuer.pk), issuer.display_name, "テナント管理者")):
        issue_activation_code(user)
    user = User.objects.get(pk=user.pk)
    device = enrol_totp(user)
    assert confirm_totp(user, device, device.unused_code()[0]).is_accepted
    issue_backup_codes(user)
    return user


@pytest.mark.parametrize(
    ("place", "readers"),
    [
        ({"section": "高校教育課"}, {"issuer", "section"}),
        ({"section": "どこか"}, {"issuer", "section", "other"}),
    ],
)
def test_a_first_enrolment_is_told_to_the_issuer_and_those_responsible(
    in_a: Any, place: dict[str, str], readers: set[str]
) -> None:
    from accounts.models import User
    from accounts.roles import Role

    managers = {
        "issuer": make_person("issuer", Role.TENANT_ADMIN),
        "section": make_person("section", Role.TENANT_ADMIN),
        "other": make_person("other", Role.TENANT_ADMIN),
    }
    User.objects.filter(username="section").update(section="高校教育課")
    newcomer = enrol_first(managers["issuer"], **place)
    both = ["totp_enrolled", "backup_first"]  # there were none before
    assert told(newcomer) == both
    assert {name for name, one in managers.items() if told(one)} == readers
    assert told(managers["issuer"]) == both
    _lost(newcomer)
    assert all(told(one)[-1:] == ["declared_lost"] for one in managers.values()), (
        "later changes are told to all of them"
    )


def test_managers_who_left_or_were_stopped_are_told_nothing(clerk: Any, manager: Any) -> None:
    from accounts.models import User
    from accounts.services import declare_lost

    User.objects.filter(pk=manager.pk).update(is_active=False)
    declare_lost(clerk)
    assert told(manager) == []
    assert told(clerk) == ["declared_lost"]


def test_every_change_the_product_announces_has_its_words(in_a: Any) -> None:
    import re

    from accounts.notices import WORDS

    said = set()
    for path in (ROOT / "platform/accounts").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r"FactorChanged\([^\"()]*(?:\(\))?[^\"()]*\"(\w+)\"", text))
        said |= set(re.findall(r"(?:tell\(|switch_off_factors\(|_take\(token,)[^\"]*\"(\w+)\"", text))
    assert said == set(WORDS)


def test_a_changed_password_is_told(clerk: Any, manager: Any) -> None:
    from accounts.services import change_password

    change_password(clerk, "kitamado-no-yuki-to-tori")
    assert told(clerk) == told(manager) == ["password_changed"]


def test_with_an_authenticator_of_today_no_page_of_numbers_opens(browser: Any, handler: Any, events: Any) -> None:
    """Not for seeing, and not for typing, importing or carrying them either: one gate for all of them."""
    from accounts import duties
    from accounts.models import User
    from accounts.numbers import Closed, why_closed
    from accounts.permissions import NUMBER_PERMISSIONS

    sign_in(browser, handler)
    assert "24時間は" not in browser.get("/numbers/").content.decode()
    User.objects.filter(pk=handler.pk).update(factor_changed_at=timezone.now() - timedelta(hours=23))
    answer = browser.get("/numbers/")
    assert answer.status_code == 403
    assert "24時間は" in answer.content.decode()
    assert events("number:individual:refused")[-1].detail["reason"] == "factor"
    user = User.objects.get(pk=handler.pk)
    assert duties.confirmed_until(user)
    assert {why_closed(user, one, "T", None) for one in NUMBER_PERMISSIONS} == {Closed.FACTOR}
