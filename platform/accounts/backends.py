"""The only authentication backend: it loads a person who logged in through our pages, and accepts no password itself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User

PATH = "accounts.backends.StaffBackend"


class StaffBackend(BaseBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Nobody: `django.contrib.auth.authenticate` must not be a way round the throttles and the one-time password."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with the live session, in one query."""
        return User.objects.select_related("live_session").filter(pk=user_id).first()
