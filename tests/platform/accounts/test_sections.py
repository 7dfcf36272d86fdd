"""係・担当: kept by two people, and a role limited to one sees its schools of the day and no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.platform.accounts.sign_in import make_person, sign_in
from tests.platform.accounts.test_requests import waiting
from tests.platform.accounts.test_services import as_person

KNOWN = [("S01", "サンプル第一支援学校"), ("S02", "サンプル第二支援学校"), ("S03", "サンプル第三支援学校")]


@pytest.fixture
def section(in_a: Any) -> Any:
    from accounts.models import Section

    return Section.objects.create(name="北部係", school_codes=["S01", "S02"], starts_on=timezone.localdate())


@pytest.fixture(autouse=True)
def known_schools(monkeypatch: Any) -> None:
    from accounts import schools

    monkeypatch.setattr(schools, "_providers", [lambda: KNOWN])


def seen(user: Any) -> Any:
    from accounts.access import visible_schools

    return visible_schools(type(user).objects.get(pk=user.pk))


def test_a_role_of_a_section_sees_its_schools_of_the_day(section: Any) -> None:
    from accounts.access import holds_everywhere
    from accounts.permissions import Permission
    from accounts.roles import Role

    officer = make_person("kakari", (Role.BOARD_OFFICER, section.code), (Role.SCHOOL_CLERK, "S03"))
    assert seen(officer) == ["S01", "S02", "S03"]
    assert not holds_everywhere(officer, Permission.REVIEW_STATEMENT)
    section.school_codes = ["S02"]
    section.save()
    assert seen(officer) == ["S02", "S03"]
    for days in ({"starts_on": timezone.localdate() + timedelta(days=1)}, {"ends_on": timezone.localdate()}):
        type(section).objects.filter(pk=section.pk).update(
            **{"starts_on": timezone.localdate() - timedelta(days=9), **days}
        )
        assert seen(officer) == (["S03"] if "starts_on" in days else ["S02", "S03"])
    section.delete()
    assert seen(officer) == ["S03"], "an unknown section is no school, and never all of them"


def test_a_section_that_is_not_there_takes_no_role(clerk: Any) -> None:
    from accounts.errors import RoleNotAllowed
    from accounts.roles import Role
    from accounts.services import assign_role

    with pytest.raises(RoleNotAllowed, match="登録されていません"):
        assign_role(clerk, Role.PRINCIPAL, school_code="@404")


def test_the_manager_asks_for_a_section_and_another_approves(
    browser: Any, manager: Any, approving: Any, clerk: Any, events: Any
) -> None:
    from accounts.errors import NeedsSecondPerson
    from accounts.models import Section
    from accounts.services import sections

    sign_in(browser, manager)
    wanted = {"name": "北部係", "school_codes": ["S01", "S02"], "starts_on": timezone.localdate().isoformat()}
    assert browser.post("/users/sections/", {**wanted, "school_codes": []}).status_code == 422
    assert "承認を待っている申請" in browser.post("/users/sections/", wanted, follow=True).content.decode()
    assert not Section.objects.exists()
    assert "サンプル第一支援学校、サンプル第二支援学校" in approving.get("/users/requests/").content.decode()
    approving.post(f"/users/requests/{waiting().pk}/approve/")
    made = Section.objects.get()
    assert made.school_codes == ["S01", "S02"]
    page = browser.get(f"/users/sections/?section={made.pk}").content.decode()
    assert "北部係の変更を申請する" in page
    assert "北部係" in browser.get(f"/users/{clerk.pk}/").content.decode().split('name="school_code"')[1]
    facts = {"section": str(made.pk), "name": "北部係", "school_codes": ["S01", "S02", "S03"]}
    with as_person(manager), pytest.raises(NeedsSecondPerson):
        sections.put(**facts, starts_on=timezone.localdate(), ends_on=None)  # type: ignore[arg-type]
    browser.post("/users/sections/", {**wanted, **facts})
    approving.post(f"/users/requests/{waiting().pk}/approve/")
    assert Section.objects.get().school_codes == ["S01", "S02", "S03"]
    assert [one.detail["before"] for one in events("account:section:changed")] == [[], ["S01", "S02"]]
