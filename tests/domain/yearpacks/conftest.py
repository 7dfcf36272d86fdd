from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from accounts.roles import Role
from tests.support.records import acting, staff


@pytest.fixture
def officer(in_a: object) -> Iterator[User]:
    with acting(staff(Role.BOARD_OFFICER, "tantou")) as user:
        yield user


@pytest.fixture
def approver(in_a: object) -> User:
    return staff(Role.APPROVER, "shounin")
