"""The viewer of the trail is searched by what people know; names reach neither addresses nor the trail."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.trail import connections, reader
from audit.trail.actors import acting_as
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from tests.audit.review.test_trail_page import somebody, text_of
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support import records
from web.text import fold_name


@pytest.fixture(autouse=True)
def kept_connections_closed() -> Any:
    yield
    connections.close_all()


@pytest.fixture
def monitor(in_a: Any) -> Any:
    from accounts.roles import Role

    client = client_of("kou.localhost")
    sign_in(client, make_person(f"monitor-{uuid.uuid4().hex[:6]}", Role.MONITOR))
    return client


@pytest.fixture
def home(in_a: Any) -> Any:
    return records.family(records.school("S01"))


def lands_on(monitor: Any, words: str) -> str:
    answer = monitor.post("/trail/find/", {"words": words})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.url)


def test_what_people_know_leads_to_our_ids(monitor: Any, home: Any) -> None:
    from domain.households.models import Pupil, School

    pupil, school = Pupil.objects.get(member__household=home), School.objects.get(code="S01")
    assert lands_on(monitor, home.number) == f"/trail/?kind=household&id={home.pk}"
    assert lands_on(monitor, pupil.student_number) == f"/trail/?kind=pupil&id={pupil.pk}"
    assert lands_on(monitor, "S01") == f"/trail/?kind=school&id={school.pk}"
    person = make_person("searched-one")
    assert lands_on(monitor, "searched-one") == f"/trail/?actor={person.pk}"


def test_a_name_gives_a_choice_and_stays_out_of_addresses_and_trail(monitor: Any, home: Any) -> None:
    name = home.members.first().name
    home.members.update(name_key=fold_name(name))
    answer = monitor.post("/trail/find/", {"words": name})
    page = answer.content.decode()
    assert f"kind=household&amp;id={home.pk}" in page
    assert name not in page.replace(f'value="{name}"', "")
    told = reader.search(reader.Filters(prefix="read:search", subject=Subject("household", str(home.pk))))
    assert told
    assert name not in str(told)


def test_nothing_found_and_numbers_are_told(monitor: Any, home: Any) -> None:
    assert "あてはまる職員・世帯・児童生徒・学校はありません" in text_of(
        monitor.post("/trail/find/", {"words": "どこにも"})
    )
    refused = monitor.post("/trail/find/", {"words": "123456789018"})
    assert refused.status_code == 400
    assert "個人番号では検索できません" in refused.content.decode()
    assert "123456789018" not in refused.content.decode()


def test_subjects_are_shown_with_their_printable_id_and_once(monitor: Any, home: Any) -> None:
    clerk, subject = somebody(), Subject("household", str(home.pk))
    member = home.members.first()
    about = Subject("member", str(member.pk))
    with acting_as(clerk):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject, about, about])
    page = text_of(monitor.get("/trail/", {"actor": clerk.id}))
    assert f"世帯 世帯番号 {home.number}" in page
    assert page.count(f"世帯番号 {home.number} の{member.key}") == 1
    assert "世帯構成員 1件" in page
    assert member.name not in page


def test_who_may_not_read_the_trail_resolves_nobody(in_a: Any, home: Any) -> None:
    from accounts.roles import Role
    from audit.review.identities import find, printable

    other = records.staff(Role.APPROVER)
    subject = Subject("household", str(home.pk))
    assert list(find(home.number, other)) == []
    assert printable([subject], other) == {}
    assert printable([subject], records.staff(Role.MONITOR)) == {subject: f"世帯番号 {home.number}"}


@pytest.fixture
def statement(home: Any) -> Any:
    from domain.statements.models import Statement

    return Statement.objects.create(household=home, fiscal_year=2025, school=records.school("S01"))


def test_who_saw_a_child_has_whoever_opened_any_record_of_the_family(monitor: Any, home: Any, statement: Any) -> None:
    from domain.households.models import Pupil

    clerk, other = somebody(), records.family(records.school("S01"))
    pupil = Pupil.objects.get(member__household=home)
    about = [Subject("household", str(home.pk)), Subject("statement", str(statement.pk))]
    with acting_as(clerk):
        record_access(Event.READ_STATEMENT_SHOWN, subjects=[about[1]])
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=about)
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", str(other.pk))])
    asked = {"kind": "pupil", "id": str(pupil.pk), "actor": clerk.id}
    page = monitor.get("/trail/", asked).content.decode()
    assert (page.count("<tr data-row>"), "この対象だけを見る" in page) == (2, True)
    assert f"世帯番号 {other.number}" not in page
    alone = monitor.get("/trail/", asked | {"only": "1"}).content.decode()
    assert (alone.count("<tr data-row>"), "この対象だけを見る" in alone) == (0, False)


def test_pages_of_a_family_go_through_everything_once(home: Any, statement: Any) -> None:
    from audit.review.families import with_family
    from domain.households.homes import homes_of

    family = with_family(Subject("statement", str(statement.pk)))
    assert set(homes_of(family).values()) == {home.pk}
    assert {one.kind for one in family} == {"household", "member", "pupil", "statement"}
    with acting_as(somebody()):
        made = [record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=family[n : n + 2]) for n in range(len(family))]
    asked, seen, after = reader.Filters(subjects=family, limit=2), [], ""
    while page := reader.search(replace(asked, after=after)):
        seen += [event.id for event in page]
        after = page[-1].key
    assert seen == made[::-1]


def test_the_guardians_extract_has_whoever_opened_the_statement(home: Any, statement: Any) -> None:
    from audit.review.keeping import disclosure

    began = timezone.now()
    with acting_as(somebody()):
        record_access(Event.READ_STATEMENT_SHOWN, subjects=[Subject("statement", str(statement.pk))])
        record_access(Event.STATEMENT_RECORD_OPENED, subjects=[Subject("statement", str(statement.pk))])
    child = Subject("member", str(home.members.first().pk))
    found = disclosure.accesses(child, began, timezone.now() + timedelta(minutes=1))
    assert [event.event for event in found] == ["read:statement:shown"]
    assert "同じ世帯の" in disclosure._document(child, "世帯番号 1 の1", found, began, timezone.now())["subject"]
