"""係・担当 in the workbook of a transfer: their codes are read, and form, help and page say how they are written."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.domain.staffing.test_transfers import book, day, office, proposed, row
from tests.platform.accounts.sign_in import client_of, sign_in

__all__ = ["office"]


@pytest.fixture
def north(office: Any) -> Any:
    from accounts.models import Section

    return Section.objects.create(name="北部係", school_codes=["S01"], starts_on=timezone.localdate())


@pytest.mark.parametrize("mark", ["@", "＠"])
def test_a_role_is_moved_to_a_section(office: Any, north: Any, mark: str) -> None:
    plan = proposed(office, book(row("moves", "サンプル moves", "教委担当", f"{mark}{north.pk}")))
    (line,) = plan.lines.all()
    assert (line.kind, "＋教委担当（北部係）" in line.words) == ("moved", True), line.words


def test_the_form_with_everybody_is_read_again_where_somebody_has_a_section(office: Any, north: Any) -> None:
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role
    from domain.staffing.services import propose

    assign_role(User.objects.get(username="stays"), Role.APPROVER, school_code=north.code)
    client = client_of("kou.localhost")
    sign_in(client, office[0])
    plan = propose("same.xlsx", client.get("/transfers/filled/").content, day(), office[0])
    assert not plan.lines.exclude(kind="unchanged").exists(), [line.words for line in plan.lines.all()]


def test_an_unknown_section_is_named_with_where_to_look(office: Any) -> None:
    (line,) = proposed(office, book(row("moves", "サンプル moves", "教委担当", "@404"))).lines.all()
    assert line.kind == "error"
    assert (
        "コード @404 の係・担当は登録されていないか、終わっています。「係・担当」の画面で確かめてください。"
        in line.words
    )


def test_form_help_and_page_say_how_a_section_is_written(office: Any, north: Any) -> None:
    from domain.staffing.layout import SECTIONS_EXPLAINED

    assert "（@1 など。「係・担当」の画面にある）" in SECTIONS_EXPLAINED
    client = client_of("kou.localhost")
    sign_in(client, office[0])
    page = client.get("/transfers/").content.decode()
    assert SECTIONS_EXPLAINED in page.split('class="help-body"')[1].split("</div>")[0]
    assert f"{north.code}（北部係）" in page
    form = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/transfers/blank/").content))
    for sheet in ("職員", "説明"):
        cells = [str(cell) for line in form.get_sheet_by_name(sheet).to_python() for cell in line]
        assert any(SECTIONS_EXPLAINED in cell for cell in cells), sheet
