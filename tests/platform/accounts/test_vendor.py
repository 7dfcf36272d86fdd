"""運用事業者の立入り: closed by default, opened by the prefecture, read only, and ended at once by either side. Tried as an attacker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.platform.accounts.sign_in import PASSWORD, client_of, code_of, make_person, sign_in
from tests.tenants.isolation_probe import METHODS, urls_of
from tests.tenants.isolation_world import objects_of_a

PAGES = ["households:list", "households:detail"]


def open_window(chief: Any, pages: Any = PAGES, hours: int = 2) -> Any:
    from accounts.services.vendor import open_window as opened

    return opened("unyou", "障害の調査", pages, timezone.now() + timedelta(hours=hours), chief)


def enter(client: Any, operator: Any, **changes: str) -> Any:
    from tenants.core.context import console_context

    with console_context():
        token = code_of(operator)
    sent = {"username": operator.username, "password": PASSWORD, "token": token} | changes
    return client.post("/vendor/", sent)


@pytest.fixture
def visiting(operator: Any, chief: Any) -> Any:
    open_window(chief)
    client = client_of("kou.localhost")
    assert enter(client, operator).url == "/vendor/pages/"
    return client


def test_without_a_window_there_is_no_way_in(operator: Any, chief: Any, events: Any) -> None:
    client = client_of("kou.localhost")
    page = enter(client, operator)
    assert "立入りを開けていません" in page.content.decode()
    assert client.get("/households/").status_code == 302
    assert len(events("vendor:entry:refused")) == 1


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"token": "000000"}, {"username": "chief"}])
def test_a_window_opens_only_to_its_operator_with_both_factors(
    operator: Any, chief: Any, wrong: dict[str, str]
) -> None:
    open_window(chief)
    client = client_of("kou.localhost")
    assert enter(client, operator, **wrong).status_code == 200
    assert client.get("/vendor/pages/").status_code == 302


def test_another_operator_and_another_prefecture_stay_out(prefecture_b: Any, operator: Any, chief: Any) -> None:
    from accounts.roles import Role
    from tenants.core.context import console_context

    open_window(chief)
    with console_context():
        other, watcher = make_person("betsu", Role.OPERATOR), make_person("kanshi", Role.PLATFORM_MONITOR)
    for somebody in (other, watcher):
        assert enter(client_of("kou.localhost"), somebody).status_code == 200
    assert enter(client_of("otsu.localhost"), operator).status_code == 200


def test_the_window_shows_its_pages_for_reading_and_every_one_is_in_the_trail(visiting: Any, events: Any) -> None:
    assert "障害の調査" in visiting.get("/vendor/pages/").content.decode()
    page = visiting.get("/households/")
    assert page.status_code == 200
    assert "運用事業者の立入り" in page.content.decode()
    assert visiting.post("/households/").status_code in (403, 405)
    opened = events("vendor:page:opened")
    assert [one.detail["page"] for one in opened] == ["accounts:vendor_home", "households:list"]
    assert {one.actor_role for one in opened} == {"運用事業者の立入り"}
    assert {one.actor_name for one in opened} == {"サンプル 運用（運用事業者）"}


def test_nothing_else_opens_whatever_is_tried(operator: Any, chief: Any) -> None:
    """Every address × method inside a window that names every page it may: no number, no act, no file, no account."""
    from accounts.permissions import NUMBER_PERMISSIONS
    from accounts.vendor import OWN_PAGES, pages_offered

    samples = objects_of_a()
    offered = {row.name for row in pages_offered()}
    open_window(chief, sorted(offered))
    client = client_of("kou.localhost")
    enter(client, operator)
    wrong = []
    for url in urls_of("tenant", samples):
        if url.is_public or url.name in OWN_PAGES:
            continue
        assert not (url.name in offered and url.permission in NUMBER_PERMISSIONS)
        for method in METHODS:
            status = client.generic(method, url.path).status_code
            readable = url.name in offered and method in ("GET", "HEAD")
            if not readable and status not in (403, 404, 405):
                wrong.append(f"{method} {url.name}: {status}")
    assert not wrong, "\n".join(wrong)
    assert client.get("/vendor/pages/").status_code == 200, "the visit itself went on"


def test_the_prefecture_ends_it_at_once(visiting: Any, chief: Any, operator: Any, events: Any) -> None:
    from accounts.models import VendorWindow

    managing = client_of("kou.localhost")
    sign_in(managing, chief)
    assert "すぐに閉じる" in managing.get("/users/vendor/").content.decode()
    managing.post(f"/users/vendor/{VendorWindow.objects.get().pk}/close/")
    assert visiting.get("/households/").status_code == 302
    assert enter(client_of("kou.localhost"), operator).status_code == 200, "and the same window opens no more"
    assert len(events("vendor:window:closed")) == 1


def test_the_operator_ends_it_at_once(visiting: Any, operator: Any) -> None:
    from accounts.models import VendorWindow

    visiting.post("/vendor/leave/")
    assert VendorWindow.objects.get().closed_by == "サンプル 運用（運用事業者）"
    assert visiting.get("/households/").status_code == 302
    assert enter(client_of("kou.localhost"), operator).status_code == 200


def test_it_ends_by_itself_to_the_second(operator: Any, chief: Any, clock: Any) -> None:
    from accounts.models import VendorWindow
    from accounts.services import tidy

    open_window(chief, hours=1)
    client = client_of("kou.localhost")
    enter(client, operator)
    ends_at = VendorWindow.objects.get().ends_at
    for minutes in (20, 20):
        clock.advance(minutes=minutes)
        assert client.get("/households/").status_code == 200
    clock.now = ends_at - timedelta(seconds=1)
    assert client.get("/households/").status_code == 200
    clock.now = ends_at
    assert "ended=window" in client.get("/households/").url
    tidy()
    assert VendorWindow.objects.get().closed_at


def test_a_visitor_logs_in_no_other_way(visiting: Any, chief: Any, in_a: Any) -> None:
    from accounts.models import User

    visitor = User.objects.get(username__startswith="vendor-")
    assert not visitor.has_usable_password()
    assert not visitor.role_assignments.exists()
    answer = visiting.post("/step-up/", {"token": "123456"})
    assert answer.status_code == 403, "no fresh one-time password, so no page that asks for one"


def test_a_window_names_only_pages_that_may_be_shown_and_is_short(chief: Any) -> None:
    from accounts.models import VendorWindow
    from accounts.services.vendor import WindowRefused

    for pages in ([], ["vault:reveal"], ["accounts:users"], ["reports:download"], ["trail:list"], ["nothing"]):
        with pytest.raises(WindowRefused):
            open_window(chief, pages)
    for hours in (0, 25):
        with pytest.raises(WindowRefused):
            open_window(chief, hours=hours)
    window = open_window(chief)
    with pytest.raises(WindowRefused, match="既に開いている"):
        open_window(chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        VendorWindow.objects.filter(pk=window.pk).update(ends_at=window.opens_at + timedelta(days=2))


WANTED = {"operator": "UNYOU", "purpose": "障害の調査", "hours": "3", "pages": PAGES}


def test_a_window_opens_with_the_second_person_from_their_approval_on(
    operator: Any, manager: Any, second: Any, approving: Any, clock: Any, events: Any
) -> None:
    from accounts.models import AccountRequest, VendorWindow

    client = client_of("kou.localhost")
    sign_in(client, manager)
    page = client.post("/users/vendor/", WANTED, follow=True).content.decode()
    assert "承認すると有効になります" in page
    assert "承認を待っている立入り" in page
    assert enter(client_of("kou.localhost"), operator).status_code == 200, "it is not open yet"
    assert "世帯の一覧" in approving.get("/users/requests/").content.decode()
    clock.advance(minutes=5)
    approving.post(f"/users/requests/{AccountRequest.objects.get(state='waiting').pk}/approve/")
    window = VendorWindow.objects.get()
    assert (window.operator, window.opened_by, window.pages) == ("unyou", "manager", sorted(PAGES))
    assert window.ends_at == clock.now + timedelta(hours=3)
    assert len(events("vendor:window:opened")) == 1
    assert client.get("/vendor/pages/").status_code == 404


def test_one_person_alone_opens_none(manager: Any, second: Any) -> None:
    from accounts.errors import NeedsSecondPerson
    from tests.platform.accounts.test_services import as_person

    with as_person(manager), pytest.raises(NeedsSecondPerson):
        open_window(manager)


@pytest.mark.parametrize("who", ["nobody", "chief", "kanshi", "left"])
def test_a_window_is_for_an_operator_whom_the_console_knows(operator: Any, chief: Any, events: Any, who: str) -> None:
    """An unknown 職員ID, one of the prefecture's own, a monitor of the console, an operator who was stopped."""
    from accounts.models import AccountRequest, VendorWindow
    from accounts.roles import Role
    from accounts.services import disable_user
    from tenants.core.context import console_context

    with console_context():
        make_person("kanshi", Role.PLATFORM_MONITOR)
        disable_user(make_person("left", Role.OPERATOR))
    client = client_of("kou.localhost")
    sign_in(client, chief)
    page = client.post("/users/vendor/", WANTED | {"operator": who}).content.decode()
    assert "この職員IDの運用者はいません" in page
    assert not VendorWindow.objects.exists()
    assert not AccountRequest.objects.filter(kind="vendor").exists()
    (refused,) = events("vendor:window:refused")
    assert who not in str(refused.detail), "what was typed may be anything"


def test_an_operator_stopped_before_the_approval_gets_no_window(operator: Any, manager: Any, second: Any) -> None:
    from accounts.models import VendorWindow
    from accounts.services import disable_user, requests
    from accounts.services.vendor import WindowRefused
    from tenants.core.context import console_context

    row = requests.ask_for_window("unyou", "障害の調査", PAGES, 3, manager)
    with console_context():
        disable_user(operator)
    with pytest.raises(WindowRefused, match="運用者はいません"):
        requests.approve(row.pk, second)
    assert not VendorWindow.objects.exists()
    row.refresh_from_db()
    assert row.state == "waiting"


def test_pages_are_offered_by_what_people_call_them_and_only_to_read(operator: Any, chief: Any) -> None:
    from accounts.vendor import pages_offered
    from accounts.vendor_pages import PAGES as SHOWN

    offered = [row.name for row in pages_offered()]
    assert offered == list(SHOWN), "each is a page that may be offered"
    assert not [name for name in offered if name.startswith("atena_trials:")], "those promise not to be shown"
    open_window(chief, offered)
    visitor, managing = client_of("kou.localhost"), client_of("kou.localhost")
    enter(visitor, operator)
    answers = {
        url.name: visitor.get(url.path).status_code for url in urls_of("tenant", objects_of_a()) if url.name in SHOWN
    }
    assert {name: status for name, status in answers.items() if status not in (200, 404)} == {}, (
        "nothing that only acts"
    )
    sign_in(managing, chief)
    shown = managing.get("/users/vendor/").content.decode()
    assert shown.count("世帯の一覧") == 2, "in the list of windows and in the form"
    words = shown.replace('value="households:list"', "")
    assert "households:list" not in words, "no address names in the words of the page"


def test_a_visitor_who_is_refused_finds_back_and_is_told_when_it_is_over(visiting: Any, chief: Any) -> None:
    from accounts.models import VendorWindow
    from accounts.services.vendor import close_window

    refused = visiting.get("/")
    assert refused.status_code == 403
    assert 'href="/vendor/pages/"' in refused.content.decode()
    assert "役割の追加" not in refused.content.decode()
    close_window(VendorWindow.objects.get(), chief.display_name)
    over = visiting.get("/households/", follow=True)
    assert "立入りが終わりました" in over.content.decode()


def test_the_operator_ends_it_from_the_console(visiting: Any, operator: Any, rollback: None, events: Any) -> None:
    from accounts.models import VendorVisit, VendorWindow
    from accounts.roles import Role
    from tenants.core.context import console_context

    with console_context():
        colleague = make_person("betsu", Role.OPERATOR)
        visit = VendorVisit.objects.get()
    console, other = client_of("console.localhost"), client_of("console.localhost")
    for client, person in ((console, operator), (other, colleague)):
        with console_context():
            sign_in(client, person)
    assert other.post(f"/visits/{visit.pk}/end/").status_code == 404, "only one's own"
    assert "立入り中の団体はありません" in other.get("/visits/").content.decode()
    assert visiting.get("/households/").status_code == 200
    assert "サンプル甲県" in console.get("/visits/").content.decode()
    assert console.post(f"/visits/{visit.pk}/end/").status_code == 302
    assert "終えました" in console.get("/visits/").content.decode()
    assert "ended=window" in visiting.get("/households/").url
    assert VendorWindow.objects.get().closed_by == "unyou（運用コンソール）"
    assert len(events("vendor:window:closed")) == 1
    assert enter(client_of("kou.localhost"), operator).status_code == 200, "and the same window opens no more"


def test_what_was_ended_at_the_console_is_closed_even_if_nobody_asks_again(visiting: Any) -> None:
    from accounts.models import VendorVisit, VendorWindow
    from accounts.services import tidy
    from accounts.services.vendor import end_visit
    from tenants.core.context import console_context

    with console_context():
        assert end_visit(VendorVisit.objects.get())
        assert not end_visit(VendorVisit.objects.get())
    tidy()
    assert VendorWindow.objects.get().closed_at


@pytest.mark.parametrize("how", ["stopped", "left", "role", "new_code"])
def test_an_operator_stopped_at_the_console_is_cut_off_at_the_next_request(
    visiting: Any, operator: Any, how: str
) -> None:
    from accounts.models import User
    from tenants.core.context import console_context

    assert visiting.get("/households/").status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    with console_context():
        if how == "role":
            operator.role_assignments.update(starts_on=yesterday, ends_on=yesterday)
        else:
            changed: dict[str, dict[str, Any]] = {
                "stopped": {"is_active": False},
                "left": {"ends_on": yesterday},
                "new_code": {"must_enrol": True},
            }
            User.objects.filter(pk=operator.pk).update(**changed[how])
    assert "ended=disabled" in visiting.get("/households/").url
    assert visiting.get("/vendor/pages/").status_code == 302
