"""People of the console, their browsers, and configurations to play with. The broker is never asked in these tests."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


@pytest.fixture(autouse=True)
def quiet_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    from tenants.console import broker

    served = dict.fromkeys(broker.QUEUES, 1)
    seen = broker.BrokerLook(True, dict.fromkeys(broker.QUEUES, 0), served)
    monkeypatch.setattr(broker, "look", lambda: seen)


@pytest.fixture
def browse(in_console: None) -> Any:
    """browse("operator") or browse("platform"): a browser in which that person is signed in."""
    from accounts.roles import Role

    roles = {"platform": Role.PLATFORM_MONITOR}

    def signed_in(username: str) -> Any:
        client = client_of("console.localhost")
        sign_in(client, make_person(username, roles.get(username, Role.OPERATOR)))
        return client

    return signed_in


@pytest.fixture
def operator(browse: Any) -> Any:
    return browse("operator")


@pytest.fixture
def kou(prefecture_a: Any) -> Any:
    return prefecture_a


def config(name: str = "nara", **transport: Any) -> dict[str, Any]:
    from integrations.atena_adapters.presets import preset

    values = preset(name).model_dump(mode="json")
    values["transport"] |= transport
    return values


def draft_of(prefecture: Any, username: str = "operator", *, state: str = "draft", **transport: Any) -> Any:
    """A version written by somebody, made by the service."""
    from accounts.models import User
    from tenants.console.adapters import save_adapter_draft

    user = User.objects.get(username=username)
    draft = save_adapter_draft(prefecture, config(**transport), {"token": "himitsu-no-atai"}, user)
    if state != "draft":
        put_into(draft, state)
    return draft


def put_into(draft: Any, state: str) -> None:
    """The state as its constraints want it: asked for by a second person after a green check."""
    from django.utils import timezone

    draft.state, draft.green, draft.checked_at = state, True, timezone.now()
    if state in ("requested", "handed", "active"):
        draft.activated_by, draft.valid_from = f"{draft.written_by}-2", timezone.localdate()
    draft.save()
    if not draft.trials.exists():
        trial_of(draft)


def trial_of(draft: Any, results: list[dict[str, str]] | None = None) -> Any:
    """A run of 接続試験 as it is kept."""
    from django.utils import timezone

    from tenants.console.adapters import digest_of
    from tenants.console.models import AdapterTrial

    found = results or [{"name": "接続", "state": "ok", "message": "つながりました。", "remedy": ""}]
    return AdapterTrial.objects.create(
        draft=draft, number=draft.trials.count() + 1, results=found, green=all(one["state"] != "failed" for one in found),
        by="サンプル operator", started_at=timezone.now(), ended_at=timezone.now(), config_digest=digest_of(draft.config),
    )  # fmt: skip


def filled(content: str) -> dict[str, list[str]]:
    """What a browser would send for the adapter form of a page."""
    form = content[content.index('id="adapter"') : content.index("</form>", content.index('id="adapter"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if (name and kind != "checkbox") or "checked" in tag:
            sent.setdefault(name, []).append(_attribute(tag, "value"))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [unescape(inner).removeprefix("\n")]
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = [unescape(chosen[1]) if chosen else ""]
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def as_owner(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Steps that need the owner login, replaced by ones that do nothing; tests put failures in."""
    from tenants.console import onboarding
    from tenants.core import provisioning

    steps: dict[str, Any] = {name: lambda prefecture: "済みました" for name in onboarding.STEPS}
    monkeypatch.setattr(onboarding, "STEPS", steps)
    monkeypatch.setattr(provisioning, "require_owner", lambda: None)
    return steps
