"""No 決定伺い is decided when it has lapsed, or when who proposed it is gone or may not propose at those schools any more."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.roles import Role
from domain.statements import services
from domain.statements.models import Determination
from tests.domain.statements import people
from tests.domain.statements.test_pages_review import decide
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR
from tests.support.stale import ways_to_go_stale

APRIL = datetime.date(YEAR, 4, 1)
NUMBER = "7教特第1号"


def test_a_stale_document_is_not_decided_but_taken_back_and_proposed_again(in_a: object) -> None:
    statement = people.forwarded()
    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    services.propose([statement.pk], officer, NUMBER, APRIL)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            services.approve([statement.pk], approver)
    officer.role_assignments.update(school_code="elsewhere")
    with pytest.raises(RequestStale, match="の権限がない"):
        services.approve([statement.pk], approver)
    officer.role_assignments.update(school_code=statement.school.code)
    browser = people.browser_of(Role.APPROVER)
    taking = {"act": "take_back", "document_number": NUMBER}
    assert "取り下げる起案がありません" in people.text(browser.post("/statements/review/decide/", taking, follow=True))
    Determination.objects.update(proposed_at=timezone.now() - datetime.timedelta(days=14))
    shown = people.text(browser.get("/statements/review/decide/"))
    assert "期限切れ" in shown
    assert "起案を取り下げて、起案し直してください" in shown
    assert ">決定する</button>" not in shown
    assert "期限が切れたため" in decide(browser, count=1)
    browser.post("/statements/review/decide/", taking)
    statement.refresh_from_db()
    assert statement.state == "forwarded"
    assert not Determination.objects.exists()
    assert outbox.get(event="statement:category:withdrawn").detail == {"document": NUMBER}
    services.propose([statement.pk], officer, NUMBER, APRIL)
    assert services.approve([statement.pk], approver) == 1
    assert services.take_back([statement.pk], approver, NUMBER) == 0


def test_who_proposes_is_told_of_a_stale_document_and_takes_it_back_where_they_stand(in_a: object) -> None:
    statement, later = people.forwarded(), people.forwarded()
    officer = people.browser_of(Role.BOARD_OFFICER)
    services.propose([statement.pk], officer.person, NUMBER, APRIL)
    assert "もう決定できません" not in people.text(officer.get("/statements/review/"))
    Determination.objects.update(proposed_at=timezone.now() - datetime.timedelta(days=14))
    page = people.text(officer.get("/statements/review/"))
    assert f"決定伺い {NUMBER}（1件）は、もう決定できません" in page
    assert "起案を取り下げて、起案し直してください" in page
    assert ">起案を取り下げる<" in page
    assert "もう決定できません" not in people.text(people.browser_of(Role.APPROVER).get("/statements/review/"))
    joining = {"tab": "open", "scope": "selected", "statement": [str(later.pk)], "document_number": NUMBER}
    answer = officer.post("/statements/review/propose/", joining | {"effective_from": f"{YEAR}-04-01"})
    assert "この決裁番号の決定伺いは、もう決定できません" in people.text(answer, 422)
    assert Determination.objects.count() == 1
    taking = {"act": "take_back", "document_number": NUMBER, "back_to": "review"}
    page = people.text(officer.post("/statements/review/decide/", taking, follow=True))
    assert f"{NUMBER}の起案を取り下げました（1件）" in page
    assert "もう決定できません" not in page
    statement.refresh_from_db()
    assert statement.state == "forwarded"


def test_a_stale_provisional_document_is_decided_once_it_was_proposed_again(in_a: object) -> None:
    statement = people.lacking()
    officer, approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
    services.propose_provisional([statement.pk], officer, "仮1", APRIL, people.PACK)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            services.approve_provisional([statement.pk], approver)
    Determination.objects.update(proposed_at=timezone.now() - datetime.timedelta(days=14))
    browser = people.browser_of(Role.APPROVER)
    assert "前の起案と入れ替わります" in people.text(browser.get("/statements/provisional/"))
    typed = {"document_number": "仮1", "count": "1"}
    answer = browser.post("/statements/provisional/decide/", typed, follow=True)
    assert "期限が切れたため" in people.text(answer)
    services.propose_provisional([statement.pk], officer, "仮2", APRIL, people.PACK)
    assert services.approve_provisional([statement.pk], approver) == 1
