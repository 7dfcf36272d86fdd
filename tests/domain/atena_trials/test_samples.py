"""Sample files of a prefecture: who sees what, and what leaves it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.support.full_disk import full_disk
from tests.tenants.console.conftest import config, text_of

HERE = "/atena-samples/"
NAME = "サンプル　太郎"
NUMBER = "123456789018"
"""A made-up 個人番号 with a valid check digit."""


@pytest.fixture
def officer(in_a: Any) -> Any:
    from accounts.roles import Role

    client = client_of("kou.localhost")
    sign_in(client, make_person("kakari", Role.BOARD_OFFICER))
    return client


def offered(name: str = "osaka", version: int = 1) -> Any:
    from domain.atena_trials import services

    return services.offer(version, config(name))


def answer(name: str = "osaka", **values: str) -> bytes:
    """One line of an inquiry answer as the other side writes it."""
    from integrations.atena_adapters.config import AdapterConfig
    from integrations.atena_adapters.dialects.factory import build_dialect
    from integrations.atena_adapters.fields import Message

    row: dict[str, str | None] = {
        "line_id": "M1", "atena_number": "1", "kind": "tax", "result": "answered", "reason": "", "name": NAME,
        "kana": "サンプル　タロウ", "born": "2019-05-01", "address": "サンプル市1番地", "household": "1", "tax_year": "2025",
        "municipality": "サンプル市", "total_income": "1234567", "retirement_income": "0", "forest_income": "0",
        "social_insurance": "0", "life_insurance": "0", "earthquake_insurance": "0", "welfare": "no",
        "welfare_from": "", "welfare_to": "", **values,
    }  # fmt: skip
    dialect = build_dialect(AdapterConfig.model_validate(config(name)).dialect)
    return dialect.encode(Message.INQUIRY_ANSWER, "B1", [row]).payload


def spoilt(name: str, **values: str) -> tuple[bytes, int]:
    """The answer with a result code that nobody agreed on, and where it stands."""
    good, other = answer(name, **values), answer(name, result="refused", **values)
    at = next(at for at, (one, two) in enumerate(zip(good, other, strict=True)) if one != two)
    return good[:at] + b"?" + good[at + 1 :], at


def title_of_result(name: str) -> str:
    columns = config(name)["dialect"]["layouts"]["inquiry_answer"]
    return next(str(column["title"]) for column in columns if column["field"] == "result")


def put(client: Any, data: bytes, kind: str = "inquiry_answer", **more: Any) -> Any:
    from domain.atena_trials.models import OfferedVersion

    sent = {"offered": OfferedVersion.objects.get().pk, "kind": kind, "file": SimpleUploadedFile("kaito.dat", data)}
    return client.post(HERE, {**sent, **more}, follow=True)


def only() -> Any:
    from domain.atena_trials.models import SampleFile

    return SampleFile.objects.get()


@pytest.mark.parametrize("name", ["osaka", "sftp", "nara", "fixed"])
def test_a_file_as_configured_fits(officer: Any, name: str) -> None:
    offered(name)
    shown = text_of(put(officer, answer(name)))
    assert "すべて読み取れました" in shown, shown
    assert only().fits


@pytest.mark.parametrize("name", ["osaka", "sftp", "nara", "fixed"])
def test_the_first_mismatch_is_marked_in_fields_and_bytes(officer: Any, name: str) -> None:
    offered(name)
    bad, at = spoilt(name)
    page = put(officer, bad)
    sample, title = only(), title_of_result(name)
    assert (sample.readable, sample.faults, sample.item) == (True, 1, title)
    assert f"▶ {title} （ここが違います）" in text_of(page)
    assert "太郎" in text_of(page), "the prefecture's own staff see the line"
    if name != "nara":  # JSON has no fixed places
        assert sample.offset <= at < sample.offset + 3
        assert "<mark>3f</mark>" in page.content.decode()


def test_fixed_width_shows_every_field_with_its_place(officer: Any) -> None:
    offered("fixed")
    bad, at = spoilt("fixed")
    put(officer, bad)
    sample, title = only(), title_of_result("fixed")
    cells = text_of(officer.get(f"{HERE}{sample.pk}/"))
    assert (
        f"▶ {title} （ここが違います） ?  {at} 3f 20" in cells or f"▶ {title} （ここが違います） ? {at} 3f 20" in cells
    )
    assert "総所得 00001234567" in cells


def test_a_cut_file_says_where_it_ends(officer: Any) -> None:
    offered("osaka")
    assert "読み取れ" in text_of(put(officer, answer("osaka")[:-5])) or not only().readable
    assert not only().readable


@pytest.mark.parametrize("width", ["12", "12\x00"])
def test_an_individual_number_is_covered_even_for_staff(officer: Any, width: str) -> None:
    from domain.atena_trials.showing import cover

    wide = "\x00" in width
    clear = NUMBER.encode("utf-16-le" if wide else "ascii")
    covered = cover(b"a" + clear + b"b")
    assert clear not in covered
    assert len(covered) == len(clear) + 2
    assert cover(b"123456789012") == b"123456789012", "twelve digits that are no such number stay"


def test_the_page_never_shows_a_number(officer: Any) -> None:
    offered("osaka")
    data, _ = spoilt("osaka", household=NUMBER)
    assert NUMBER.encode() in data
    page = put(officer, data).content.decode()
    assert NUMBER not in page
    assert NUMBER.encode().hex(" ") not in page


def test_the_file_lies_sealed_and_is_erased_on_request(officer: Any, files_of_this_test: Any) -> None:
    offered("osaka")
    put(officer, answer("osaka"))
    kept = list(files_of_this_test.rglob("*.sealed"))
    assert len(kept) == 1
    assert b"1234567" not in kept[0].read_bytes()
    for _ in range(2):
        officer.post(f"{HERE}{only().pk}/erase/")
    assert not kept[0].exists()
    assert only().erased_by == "kakari"
    assert "消去しました" in text_of(officer.get(f"{HERE}{only().pk}/"))


def test_looking_at_a_file_is_in_the_trail_first(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from domain.atena_trials import showing, views

    offered("osaka")
    put(officer, answer("osaka"))
    order: list[str] = []
    monkeypatch.setattr(views, "record_access", lambda event, **_: order.append(str(event)))
    real = showing.shown

    def shown(sample: Any) -> Any:
        order.append("shown")
        return real(sample)

    monkeypatch.setattr(showing, "shown", shown)
    officer.get(f"{HERE}{only().pk}/")
    assert order == ["read:sample:shown", "shown"]


def test_only_who_runs_the_link_may_come_in(in_a: Any) -> None:
    from accounts.roles import Role

    people = (
        ("gakko-hana", Role.SCHOOL_CLERK, "", 403),
        ("bango-taro", Role.NUMBER_HANDLER, "", 200),
        ("ichiko", Role.NUMBER_HANDLER, "S01", 403),
    )
    for username, role, school, status in people:
        client = client_of("kou.localhost")
        sign_in(client, make_person(username, (role, school)))
        assert client.get(HERE).status_code == status, username


def test_no_version_no_form(officer: Any) -> None:
    page = officer.get(HERE)
    assert "試せる設定がまだありません" in text_of(page)
    assert 'type="file"' not in page.content.decode()


def test_a_version_that_was_not_handed_over_cannot_be_tried(officer: Any) -> None:
    offered("osaka")
    assert put(officer, answer("osaka"), offered="999").status_code == 400


def test_the_list_costs_the_same_however_long(officer: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    offered("osaka")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            officer.get(HERE)
        return len(seen)

    put(officer, answer("osaka"))
    officer.get(HERE)
    one = cost()
    for _ in range(5):
        put(officer, answer("osaka"))
    assert cost() == one


def test_findings_for_operators_hold_place_and_kind_alone(officer: Any) -> None:
    from domain.atena_trials import services

    offered("osaka")
    data, _ = spoilt("osaka", household=NUMBER)
    put(officer, data)
    (found,) = services.findings(1)
    assert found.state == "failed"
    assert f"「{title_of_result('osaka')}」" in found.message
    said = json.dumps([found.name, found.message, found.remedy], ensure_ascii=False)
    for secret in (NAME, "太郎", NUMBER, "?", "サンプル市", "kaito.dat"):
        assert secret not in said
    put(officer, answer("osaka"))
    assert [one.state for one in services.findings(1)] == ["ok"], "the newest file of a kind counts"
    assert [one.state for one in services.findings(2)] == ["failed"], "a version nobody tried"


def test_what_is_needed_for_green_is_an_answer_with_lines_read_by_the_same_layout(officer: Any) -> None:
    from domain.atena_trials import services
    from domain.atena_trials.models import OfferedVersion

    def states(version: int) -> list[str]:
        return sorted(str(one.state) for one in services.findings(version))

    offered("osaka")
    put(officer, answer("osaka"))
    services.offer(2, config("osaka") | {"workflow": config("fixed")["workflow"]})
    assert states(2) == ["ok"], "another version that reads alike"
    services.offer(3, config("nara"))
    assert states(3) == ["failed"], "one that reads otherwise"
    services.offer(4, config("terminal"))
    services.offer(5, config("database"))
    assert (states(4), states(5)) == (["warning"], ["warning"]), "where the other side writes no file"
    OfferedVersion.objects.filter(version__gt=1).delete()
    put(officer, b'"E","0"\r\n')
    assert states(1) == ["failed"], "a file without a line shows nothing"


def test_every_file_that_the_other_side_writes_can_be_tried() -> None:
    from domain.atena_trials.models import SampleFile
    from integrations.atena_adapters.fields import ANSWER_TO, Message

    assert set(SampleFile.Kind.values) == {message.value for message in (*ANSWER_TO.values(), Message.RECEIPT)}


def test_a_full_disk_keeps_neither_row_nor_file(officer: Any, files_of_this_test: Any) -> None:
    from domain.atena_trials.models import SampleFile

    offered("osaka")
    with full_disk(files_of_this_test, "folder"):
        assert "空き容量" in text_of(put(officer, answer("osaka")))
    assert not SampleFile.objects.exists()


def test_who_is_cut_off_before_the_file_leaves_a_row_that_says_so(
    officer: Any, monkeypatch: pytest.MonkeyPatch, files_of_this_test: Any
) -> None:
    from accounts.models import User
    from domain.atena_trials import services
    from tenants.core import files

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    version, person = offered("osaka"), User.objects.get(username="kakari")
    with monkeypatch.context() as broken:
        broken.setattr(files, "write_atomically", killed)
        with pytest.raises(Killed):
            services.try_sample(version, "inquiry_answer", "a.csv", answer("osaka"), person)
    assert not list(files_of_this_test.rglob("*.sealed"))
    assert "原本がありません" in text_of(officer.get(f"{HERE}{only().pk}/"))


@pytest.mark.parametrize(("data", "message"), [(b"", "ファイルが空です"), (b"a" * (5 * 1024 * 1024 + 1), "5MBまで")])
def test_an_empty_or_a_huge_file_is_refused(officer: Any, data: bytes, message: str) -> None:
    offered("osaka")
    page = put(officer, data)
    assert page.status_code == 400
    assert message in text_of(page)
