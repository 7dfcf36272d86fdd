"""Logged-in browsers, and what they are shown."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.platform.accounts.sign_in import client_of, make_person, sign_in


def browser_of(name: str, role: str) -> Client:
    """A new person with one role of the whole prefecture."""
    from accounts.roles import Role

    return browser(make_person(name, Role[role]))


def browser(user: Any) -> Client:
    client: Client = client_of("kou.localhost")
    sign_in(client, user)
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    text: str = response.content.decode()
    return text
