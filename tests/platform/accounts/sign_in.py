"""People for tests, made and logged in the way real ones are: by the services and through the pages, one-time password included."""

from __future__ import annotations

from typing import Any

from django.test import Client

PASSWORD = "hokko-no-yama-ni-yuki"


def client_of(host: str, **options: Any) -> Any:
    """A browser on a host: kou.localhost, otsu.localhost or console.localhost."""
    return Client(headers={"host": host}, **options)


def make_person(username: str, *roles: Any, name: str = "") -> Any:
    """An enrolled person in the current scope. Roles as `create_demo_account` takes them."""
    from accounts.demo import create_demo_account

    return create_demo_account(username, name or f"サンプル {username}", roles, PASSWORD)


def code_of(user: Any) -> str:
    """A code that is accepted now. Lets go of the last used step when the current ones are used up."""
    from accounts.demo import current_code
    from accounts.models import TotpDevice

    current = current_code(user)
    if current.wait_seconds:
        TotpDevice.objects.filter(user=user).update(last_t=-1)
        current = current_code(user)
    return current.code


def wrong_code_of(user: Any) -> str:
    """Six digits that no step near now gives."""
    from accounts.models import TotpDevice

    device = TotpDevice.objects.get(user=user)
    return next(f"{n:06d}" for n in range(1000) if device.refusal_of(f"{n:06d}") == "wrong")


def give_password(client: Any, user: Any, password: str = PASSWORD, next_path: str = "") -> Any:
    url = f"/login/?next={next_path}" if next_path else "/login/"
    return client.post(url, {"username": user.username, "password": password})


def give_code(client: Any, user: Any) -> Any:
    return client.post("/login/otp/", {"token": code_of(user)})


def sign_in(client: Any, user: Any) -> Any:
    """Both steps; returns the answer to the second one (a redirect)."""
    give_password(client, user)
    response = give_code(client, user)
    assert response.status_code == 302, response.content.decode()
    return response
