"""Logged-in browsers, and what they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


def browser_of(name: str, role: str) -> Client:
    """A new person with one role of the whole prefecture."""
    from accounts.roles import Role

    return browser(make_person(name, Role[role]))


def browser(user: Any) -> Client:
    client: Client = client_of("kou.localhost")
    sign_in(client, user)
    return client


def let_code_grow_old(client: Client) -> None:
    """The person's one-time password was checked five hours ago."""
    session = client.session
    session["accounts.otp_at"] = (timezone.now() - timedelta(hours=5)).isoformat()
    session.save()


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    text: str = response.content.decode()
    return text
