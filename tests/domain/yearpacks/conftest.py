from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from tests.domain.statements.people import Browser, browser_of
from tests.support.records import acting, staff


@pytest.fixture
def officer(in_a: object) -> Iterator[User]:
    with acting(staff(Role.BOARD_OFFICER, "tanaka")) as user:
        yield user


@pytest.fixture
def approver(in_a: object) -> User:
    return staff(Role.APPROVER, "shounin")


@pytest.fixture
def board(in_a: Any) -> Browser:
    return browser_of(Role.BOARD_OFFICER)
