"""A household that a wrong row keeps out of the register stays told until a later roster brings it or somebody says no."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.households import services
from domain.households.importing.run import LATER_ROSTER
from domain.households.left_out import LeftOut, left_out
from domain.households.models import Household, RosterImport, School
from tenants.core import files
from tests.domain.households.conftest import TakeIn, work_off
from tests.domain.households.people import browser_of
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member, pupil
from tests.support.outbox import outbox

OTHER = "H29-000017"
WRONG_DAY = "平成31年5月1日"


def with_wrong(born: str = WRONG_DAY, **others: Any) -> dict[str, Any]:
    """The small good roster and a second household, of which one member's birth date cannot be."""
    return {
        "households": [household(), household(OTHER, **others)],
        "members": [*(member(key) for key in "123"), member("1", OTHER), member("2", OTHER, 生年月日=born)],
        "pupils": [pupil(), pupil("S29001-0017", "2", OTHER)],
    }


def open_rows(roster: RosterImport) -> set[str]:
    return set(roster.problems.filter(settled_at=None).exclude(severity="notice").values_list("code", flat=True))


@pytest.fixture
def wrong(take_in: TakeIn) -> RosterImport:
    return take_in(**with_wrong())


def test_a_wrong_row_counts_its_household_as_left_out(wrong: RosterImport) -> None:
    assert list(Household.objects.values_list("number", flat=True)) == ["H29-000001"]
    found = left_out(2025, ["S29001"])
    assert found == LeftOut(parked=0, wrong=1, households=1, of_error=1, unregistered=1)
    assert (found.why, found.rows, found.number) == ("誤り 1世帯", "誤り1行", (1, "世帯"))
    assert left_out(2025, None) == found
    assert not left_out(2025, ["S29002"])
    assert not left_out(2024, None)


def test_both_kinds_and_rows_of_no_household_are_told_apart(take_in: TakeIn) -> None:
    rows = with_wrong(級地区分="")
    rows["pupils"].append(pupil("S29001-0099", "1", "H29-999999"))
    rows["households"].append(household("H29-000018", 級地区分=""))
    rows["members"].append(member("1", "H29-000018"))
    take_in(**rows)
    found = left_out(2025, None)
    assert found.why == "誤り 1世帯、保留 1世帯、世帯の分からない行 1行"
    assert found.rows == "保留3行・誤り1行"


def test_a_later_roster_that_brings_it_closes_the_gap_in_the_list_too(wrong: RosterImport, take_in: TakeIn) -> None:
    assert open_rows(wrong) == {"import.bad-date", "import.household-incomplete"}
    take_in(**with_wrong("平成31年4月1日"))
    assert Household.objects.count() == 2
    assert open_rows(wrong) == set()
    assert wrong.problems.get(code="import.bad-date").settled_by == LATER_ROSTER
    assert not left_out(2025, None)
    listed = browser_of((Role.SCHOOL_CLERK, "S29001")).get("/households/imports/").content.decode()
    assert "一部" not in listed
    assert listed.count("取込済") == 2


def test_a_later_roster_without_the_household_closes_nothing(wrong: RosterImport, take_in: TakeIn) -> None:
    take_in(marks=[("年度", "2025")])
    assert left_out(2025, None).households == 1
    assert "import.bad-date" in open_rows(wrong)


def test_somebody_may_say_that_it_is_not_to_be_taken(wrong: RosterImport, school: School) -> None:
    clerk = browser_of((Role.SCHOOL_CLERK, "S29001"))
    listed = clerk.get("/households/imports/").content.decode()
    assert "取り込めていない世帯があります（誤り 1世帯）" in listed
    page = clerk.get(f"/households/imports/{wrong.pk}/").content.decode()
    assert f"取り込めていない世帯が1世帯あります: {OTHER}" in page
    assert "取り込まなかった行をどうしますか" in page
    assert f'世帯構成員 6行「生年月日」<span class="under">世帯 {OTHER}</span>' in page
    problem = wrong.problems.get(code="import.bad-date")
    answer = clerk.post(f"/households/problems/{problem.pk}/settle/", {"decision": "done"}, follow=True)
    assert "取り込まないと確定しました" in answer.content.decode()
    assert "取り込めていない世帯" not in answer.content.decode()
    assert open_rows(wrong) == set(), "rows held only for it go with it"
    assert not left_out(2025, None)


def test_what_was_not_to_be_taken_stays_so_when_the_file_is_read_again(take_in: TakeIn) -> None:
    born = member("2")["生年月日"]
    rows = with_wrong()
    rows["members"][2] = member("3", 氏名="見本　二子", 生年月日=born)
    roster = take_in(**rows)
    services.settle(roster.problems.get(code="import.bad-date"), "done")
    services.settle(roster.problems.filter(code="import.same-person-twice")[0], "distinct")
    roster.refresh_from_db()
    assert services.decisions_for(roster.problems.all()[0]) == (), "nothing is settled while it is read"
    work_off(roster)
    assert list(Household.objects.values_list("number", flat=True)) == ["H29-000001"]
    assert open_rows(roster) == set()


def test_a_refused_file_leaves_no_row_waiting(take_in: TakeIn) -> None:
    book = books.roster(**with_wrong(), marks=[("学校コード", "S29009")])
    assert take_in(book).state == RosterImport.State.REFUSED
    assert not left_out(2025, None)
    listed = browser_of((Role.SCHOOL_CLERK, "S29001")).get("/households/imports/").content.decode()
    assert '<td class="number">0</td><td>見本 事務' in listed


def test_looking_at_an_earlier_roster_again_changes_nothing_until_it_is_taken(
    wrong: RosterImport, take_in: TakeIn, school: School
) -> None:
    later = take_in(**with_wrong("平成31年4月1日"))
    wrong.refresh_from_db()
    before, rows = (wrong.run, wrong.created_at, wrong.counts), list(wrong.problems.values())
    data = files.read(wrong.path)
    clerk = browser_of((Role.SCHOOL_CLERK, "S29001"))
    again = services.receive_roster(school, "名簿.xlsx", data, 2025)
    assert (again.pk, again.state) == (wrong.pk, RosterImport.State.LOOKED)
    assert not left_out(2025, None), "what is only looked at leaves nothing out"
    assert "一部" not in clerk.get("/households/imports/").content.decode()
    here = f"/households/imports/{wrong.pk}/"
    assert "前に取り込んだこの名簿を、もう一度取り込みますか" in clerk.get(here).content.decode()
    clerk.post(f"{here}take/", {"decision": "leave"})
    wrong.refresh_from_db()
    assert (wrong.run, wrong.created_at, wrong.counts) == before
    assert (list(wrong.problems.values()), wrong.state) == (rows, RosterImport.State.IMPORTED)
    assert not wrong.changes.exists()
    services.receive_roster(school, "名簿.xlsx", data, 2025)
    wrong = work_off(wrong)
    assert wrong.created_at > later.created_at, "taken in again it is the later one"
    assert left_out(2025, None).wrong == 1


def test_what_a_taken_roster_left_out_stays_told_while_it_is_looked_at_again(
    wrong: RosterImport, take_in: TakeIn, school: School
) -> None:
    take_in(marks=[("年度", "2025")])
    services.receive_roster(school, "名簿.xlsx", files.read(wrong.path), 2025)
    assert left_out(2025, None).households == 1


def test_a_roster_that_was_only_looked_at_can_be_left_and_is_gone(school: School, clerk_acts: None) -> None:
    roster = services.receive_roster(school, "名簿.xlsx", books.roster(**with_wrong()), 2025)
    clerk = browser_of((Role.SCHOOL_CLERK, "S29001"))
    here = f"/households/imports/{roster.pk}/"
    assert "やめる</button>" in clerk.get(here).content.decode()
    answer = clerk.post(f"{here}take/", {"decision": "leave"}, follow=True).content.decode()
    assert "取り込むのをやめました" in answer
    assert not RosterImport.objects.exists()
    assert outbox.filter(event="import:file:withdrawn").count() == 1
    assert clerk.post(f"{here}take/", {"decision": "leave"}).status_code == 404
