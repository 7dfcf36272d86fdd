"""The medium through the pages: two people, an approval number, sealed files only, every line answered or named, erasing recorded."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit.trail.entries import Subject
from tests.domain.handover.conftest import Carried, text
from tests.integrations.atena_adapters.simulator.carrier import Carrier
from tests.support import trail
from tests.support.stale import ways_to_go_stale

STATED = {"approval_number": "R7-媒体-12", "medium": "USB-03"}
AREA = "/handover/medium/"


@pytest.fixture
def carried(in_force: Any) -> Carried:
    """Three people's registrations are sealed and wait."""
    link: Carried = in_force("medium")
    link.register()
    return link


@pytest.fixture
def side(carried: Carried) -> Carrier:
    return carried.clerk


def _act(response: Any) -> int:
    return int(response.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[1])


def _propose(client: Client, what: str, **given: Any) -> int:
    response = client.post(f"{AREA}{what}/", STATED | given, follow=True)
    assert response.redirect_chain, response.content.decode()
    return _act(response)


def _age(act: int, by: timedelta) -> None:
    from django.db.models import F

    from domain.handover.models import CarryAct

    CarryAct.objects.filter(pk=act).update(proposed_at=F("proposed_at") - by)


def _confirm(client: Client, act: int) -> str:
    return text(client.post(f"{AREA}acts/{act}/confirm/", follow=True))


def _released(browsers: list[Client]) -> tuple[int, dict[str, bytes]]:
    """Released by two people, and taken to be carried."""
    from domain.handover.models import CarriedFile

    act = _propose(browsers[0], "release")
    assert "書き込んでください" in _confirm(browsers[1], act)
    files = CarriedFile.objects.filter(act=act)
    return act, {file.name: browsers[0].get(f"{AREA}files/{file.pk}/").content for file in files}


def _uploads(packages: dict[str, bytes]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, data) for name, data in packages.items()]


def _taken_in(browsers: list[Client], packages: dict[str, bytes]) -> int:
    act = _propose(browsers[0], "take-in", packages=_uploads(packages))
    _confirm(browsers[1], act)
    return act


def _states(act: int) -> list[tuple[int | None, str, str]]:
    from domain.handover.models import CarriedFile

    return list(CarriedFile.objects.filter(act=act).order_by("sequence").values_list("sequence", "state", "reason"))


def _events(prefix: str) -> list[str]:
    from tests.support.outbox import outbox

    return sorted(outbox.filter(event__startswith=prefix).values_list("event", flat=True))


def test_the_job_seals_and_ends_and_the_page_names_what_waits(carried: Carried, browsers: list[Client]) -> None:
    shown = text(browsers[0].get(AREA))
    assert "持ち出しを待つ送信が 1件（明細 3件）" in shown
    assert "媒体の受渡し" in text(browsers[0].get("/"))


def test_a_release_needs_an_approval_number_and_a_second_person(carried: Carried, browsers: list[Client]) -> None:
    from domain.handover.models import CarryAct

    assert "入力" in text(browsers[0].post(f"{AREA}release/", {"medium": "USB-03"}))
    act = _propose(browsers[0], "release")
    assert "同じ手続が確認待ち" in text(browsers[2].post(f"{AREA}release/", STATED))
    assert "立会人として確認する" not in text(browsers[0].get(f"{AREA}acts/{act}/confirm/"))
    _confirm(browsers[0], act)
    assert CarryAct.objects.get(pk=act).state == "proposed"
    assert "立会人として確認する" in text(browsers[1].get(f"{AREA}acts/{act}/confirm/"))
    _confirm(browsers[1], act)
    found = CarryAct.objects.get(pk=act)
    assert (found.state, found.proposed_by, found.confirmed_by) == ("done", "tanaka", "tachiai")
    assert _confirm(browsers[2], act).count("すでに実施したか") == 1


def test_an_act_that_waited_too_long_or_whose_proposer_is_gone_is_not_confirmed(
    carried: Carried, browsers: list[Client], people: list[Any]
) -> None:
    from accounts.errors import RequestStale
    from domain.handover.medium import confirm

    act = _propose(browsers[0], "release")
    for words in ways_to_go_stale(people[0]):
        with pytest.raises(RequestStale, match=words):
            confirm(act, people[1])
    _age(act, timedelta(days=14))
    assert "期限切れ" in text(browsers[1].get(AREA))
    page = text(browsers[1].get(f"{AREA}acts/{act}/confirm/"))
    assert "必要なら、もう一度申請してください" in page
    assert "立会人として確認する" not in page
    assert "期限が切れたため" in _confirm(browsers[1], act)
    assert not list((carried.place / "released").glob("*"))
    _age(act, timedelta(days=-14))
    assert "書き込んでください" in _confirm(browsers[1], act)


def test_an_act_that_nobody_confirmed_in_time_gives_way_to_the_next(carried: Carried, browsers: list[Client]) -> None:
    from domain.handover.models import CarryAct

    act = _propose(browsers[0], "release")
    _age(act, timedelta(days=14))
    assert "確認を待つ手続が 0件あります。ほかに、期限の切れた手続" in text(browsers[1].get(AREA))
    again = _propose(browsers[2], "release")
    assert dict(CarryAct.objects.values_list("pk", "state")) == {act: "withdrawn", again: "proposed"}
    assert "書き込んでください" in _confirm(browsers[1], again)


def test_confirming_and_taking_away_ask_for_a_fresh_one_time_password(
    carried: Carried, browsers: list[Client], settings: Any
) -> None:
    from domain.handover.models import CarriedFile

    act, _ = _released(browsers)
    settings.STEP_UP_SECONDS = 0
    file = CarriedFile.objects.get(act=act)
    for response in (
        browsers[1].get(f"{AREA}acts/{act}/confirm/"),
        browsers[1].post(f"{AREA}acts/{act}/confirm/"),
        browsers[1].get(f"{AREA}files/{file.pk}/"),
    ):
        assert response.status_code == 302
        assert response["Location"].startswith("/step-up/")


def test_what_is_carried_is_sealed_and_its_taking_is_an_event(
    carried: Carried, browsers: list[Client], world: Any
) -> None:
    from audit.trail.reader import Filters, search
    from audit.trail.vocabulary import Event
    from domain.linkage.models import Registration

    began = timezone.now()
    _, files = _released(browsers)
    assert list(files) == ["to_atena_000001.pkg"]
    numbers = [number.encode() for number in world.numbers.values()]
    assert not any(number in data for data in files.values() for number in numbers)
    assert not any(member.name.encode() in files["to_atena_000001.pkg"] for member in world.people)
    (taken,) = search(Filters(prefix=Event.EXPORT_FILE_DOWNLOADED.value, since=began))
    sent = Registration.objects.exclude(batch=None).values_list("member_id", flat=True)
    assert {one.id for one in taken.subjects if one.kind == "member"} == {str(pk) for pk in sent} != set()


def test_answers_come_back_and_every_line_is_answered(carried: Carried, browsers: list[Client], side: Carrier) -> None:
    from domain.linkage.models import Batch, Registration
    from jobs.models import Job

    _, files = _released(browsers)
    assert "回答のない明細" in text(browsers[0].get(AREA))
    batch = Batch.objects.get()
    assert "うち、回答のないもの 3件" in text(browsers[0].get(f"{AREA}batches/{batch.pk}/"))
    act = _taken_in(browsers, side.answer(files))
    assert _states(act) == [(1, "taken", ""), (2, "taken", "")]
    carried.run(Job.objects.exclude(state="succeeded").get())
    assert set(Registration.objects.values_list("state", flat=True)) == {"registered"}
    assert "うち、回答のないもの 0件" in text(browsers[0].get(f"{AREA}batches/{batch.pk}/"))
    lines = [json.loads(line) for line in browsers[0].get(f"{AREA}acts/{act}/receipts/").content.splitlines()]
    assert [(line["sequence"], line["accepted"]) for line in lines] == [(1, True), (2, True)]


def test_a_partial_answer_leaves_the_rest_named_as_open(
    carried: Carried, browsers: list[Client], side: Carrier
) -> None:
    from domain.linkage.models import Batch, Registration
    from jobs.models import Job

    side.office.faults.add("missing_line")
    _, files = _released(browsers)
    _taken_in(browsers, side.answer(files))
    carried.run(Job.objects.exclude(state="succeeded").get())
    left, began = Registration.objects.get(state="requested"), timezone.now()
    shown = text(browsers[0].get(f"{AREA}batches/{Batch.objects.get().pk}/"))
    assert "うち、回答のないもの 1件" in shown
    assert f"{left.member.household.number}-{left.member.key}" in shown
    (looked,) = trail.since(began, prefix="read:list:shown")
    assert Subject("member", str(left.member_id)) in looked.subjects


def test_packages_that_must_not_be_used_change_nothing_and_say_why(
    carried: Carried, browsers: list[Client], side: Carrier
) -> None:
    from domain.linkage.models import Registration
    from jobs.models import Job

    _, files = _released(browsers)
    came = side.answer(files)
    first, second = sorted(came)
    altered = bytearray(came[first])
    altered[-1] ^= 1
    foreign = came[first].replace(b'"tenant":"290009"', b'"tenant":"280003"')
    bad = {
        "altered.pkg": bytes(altered), "cut.pkg": came[first][:-20], "foreign.pkg": foreign,
        "gap.pkg": came[second], "other.txt": b"something else",
    }  # fmt: skip
    act = _propose(browsers[0], "take-in", packages=_uploads(bad))
    shown = _confirm(browsers[1], act)
    assert "受け取れないファイルが 5件" in shown
    for reason in ("改ざんを検知した", "まだ届いていません", "この製品の媒体ファイルではありません"):
        assert reason in shown
    assert not Job.objects.exclude(state="succeeded").exists()
    assert set(Registration.objects.values_list("state", flat=True)) == {"requested"}
    assert _events("linkage:medium:refused") == ["linkage:medium:refused"]


def test_another_prefectures_package_is_named_as_such(carried: Carried, browsers: list[Client], side: Carrier) -> None:
    _released(browsers)
    other = side.write("b", b"", sequence=1, tenant="280003")
    act = _taken_in(browsers, other)
    assert [state for _, state, _ in _states(act)] == ["refused"]
    assert "この団体あてのファイルではありません" in _states(act)[0][2]


def test_the_same_files_again_in_any_order_change_nothing(
    carried: Carried, browsers: list[Client], side: Carrier
) -> None:
    _, files = _released(browsers)
    came = side.answer(files)
    backwards = dict(zip(("b.pkg", "a.pkg"), (came[name] for name in sorted(came)), strict=True))
    assert [state for _, state, _ in _states(_taken_in(browsers, backwards))] == ["taken", "taken"]
    assert [state for _, state, _ in _states(_taken_in(browsers, came))] == ["known", "known"]
    doubled = {"x.pkg": came["from_atena_000001.pkg"], "y.pkg": came["from_atena_000001.pkg"]}
    assert [state for _, state, _ in _states(_taken_in(browsers, doubled))] == ["known"]


@pytest.mark.parametrize("act_of", ["release", "take-in"])
def test_a_confirmation_cut_off_before_it_is_written_down_does_nothing_twice(
    carried: Carried, browsers: list[Client], side: Carrier, act_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.handover.medium import confirming

    if act_of == "release":
        act = _propose(browsers[0], "release")
    else:
        _, files = _released(browsers)
        act = _propose(browsers[0], "take-in", packages=_uploads(side.answer(files)))

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(confirming, "record", cut)
        with pytest.raises(KeyboardInterrupt):
            browsers[1].post(f"{AREA}acts/{act}/confirm/")
    if act_of == "release":
        assert "番号が付いています" in text(browsers[0].post(f"{AREA}acts/{act}/withdraw/", follow=True))
        _age(act, timedelta(days=14))  # what has its number is finished however late
    _confirm(browsers[2], act)
    if act_of == "release":
        assert _states(act) == [(1, "released", "")]
        assert [p.name for p in (carried.place / "released").iterdir()] == ["to_atena_000001.pkg"]
    else:
        assert _states(act) == [(1, "taken", ""), (2, "taken", "")]


def test_what_came_to_wait_after_the_proposal_is_not_released(
    carried: Carried, browsers: list[Client], world: Any
) -> None:
    from domain.handover.medium.proposing import waiting
    from tests.domain.linkage.numbers import give_numbers
    from tests.domain.linkage.world import father

    act = _propose(browsers[0], "release")
    known = set(world.numbers)
    world.household(father())
    give_numbers({member: number for member, number in world.numbers.items() if member not in known})
    carried.register()
    _confirm(browsers[1], act)
    assert [state for _, state, _ in _states(act)] == ["released"]
    assert [manifest.count for manifest in waiting()] == [1]


def test_withdrawn_acts_release_nothing(carried: Carried, browsers: list[Client]) -> None:
    act = _propose(browsers[0], "release")
    assert "取りやめました" in text(browsers[0].post(f"{AREA}acts/{act}/withdraw/", follow=True))
    assert "すでに実施したか" in _confirm(browsers[1], act)
    assert not (carried.place / "released").exists()


def test_erasing_is_recorded_by_two_and_what_is_left_is_named(
    carried: Carried, browsers: list[Client], side: Carrier
) -> None:
    from domain.handover.links import medium_desk
    from domain.handover.models import CarriedFile

    _, files = _released(browsers)
    _taken_in(browsers, side.answer(files))
    assert "消去を記録する（3件）" in text(browsers[0].get(AREA))
    chosen = list(CarriedFile.objects.values_list("pk", flat=True))[:2]
    act = _propose(browsers[0], "erase", packages=chosen, method="overwrite")
    assert "消去を記録する（3件）" in text(browsers[0].get(AREA))
    _confirm(browsers[1], act)
    assert "消去を記録する（1件）" in text(browsers[0].get(AREA))
    record = medium_desk()[0].journal()[-1]
    assert (record["act"], record["who"], record["witness"]) == ("erased", "tanaka", "tachiai")
    assert record["method"] == "専用ソフトによる上書き消去"
    shown = text(browsers[0].get(f"{AREA}history/"))
    for word in ("持ち出し", "取込", "消去", "USB-03", "R7-媒体-12", "tachiai"):
        assert word in shown
    assert _events("linkage:medium:erased") == ["linkage:medium:erased"]


def test_a_package_the_other_side_confirmed_is_no_longer_here(
    carried: Carried, browsers: list[Client], side: Carrier
) -> None:
    from domain.handover.models import CarriedFile
    from jobs.models import Job

    act, files = _released(browsers)
    _taken_in(browsers, side.answer(files))
    carried.run(Job.objects.exclude(state="succeeded").get())
    file = CarriedFile.objects.get(act=act)
    assert "手元から消しています" in text(browsers[0].get(f"{AREA}files/{file.pk}/", follow=True))


def test_another_link_has_no_medium(in_force: Any, browsers: list[Client]) -> None:
    in_force("terminal")
    assert browsers[0].get(AREA).status_code == 404
    assert "媒体の受渡し" not in text(browsers[0].get("/"))


def test_the_page_costs_the_same_queries_however_much_was_carried(
    carried: Carried, browsers: list[Client], world: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.domain.linkage.numbers import give_numbers
    from tests.domain.linkage.world import father

    _released(browsers)
    browsers[0].get(AREA)
    with CaptureQueriesContext(
        connection,
    ) as one:
        browsers[0].get(AREA)
    for _ in range(2):
        known = set(world.numbers)
        world.household(father())
        give_numbers({member: number for member, number in world.numbers.items() if member not in known})
        carried.register()
        _released(browsers)
    with CaptureQueriesContext(connection) as three:
        browsers[0].get(AREA)
    assert len(three) == len(one)
