"""A payment round explained, from its total to one pupil's receipt, and the papers that came out of it."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.people import People, picture, tab_to

pytestmark = [pytest.mark.browser]


def yen(text: str) -> int:
    return int(re.sub(r"[^\d]", "", text))


def open_round(people: People, username: str) -> Page:
    page = people.page(username)
    page.goto(people.address("nara", "/payments/"))
    page.get_by_role("link", name="第1期", exact=True).click()
    return page


def test_the_items_add_up_to_the_total_that_was_paid(people: People) -> None:
    page = open_round(people, "board")
    expect(page.get_by_role("heading", level=1)).to_have_text("第1期は何をいくら支給しましたか")
    items = page.get_by_role("region", name="経費項目ごとの支給額")
    rows = [[yen(cell) for cell in row.locator("td").all_inner_texts()[1:4]] for row in items.locator("tbody tr").all()]
    foot = [yen(cell) for cell in items.locator("tfoot td").all_inner_texts()[1:4]]
    assert [sum(column) for column in zip(*rows, strict=True)] == foot
    assert foot[0] + foot[1] == foot[2] > 0
    expect(page.locator(".answer")).to_contain_text(f"{foot[2]:,}円")
    figures = people.sessions.demo.summary()["サンプル奈良県"]
    assert foot[2] == figures["振込額"]
    picture(page, "round")


def test_why_somebody_is_not_paid_is_said_in_words(people: People) -> None:
    page = open_round(people, "board")
    stopped = page.get_by_role("region", name="支給停止の理由")
    expect(stopped).to_contain_text("完全辞退")
    page.get_by_role("link", name="支給停止の児童生徒を見る").click()
    expect(page.locator("tr[data-row]").first).to_contain_text("支給停止")


def test_a_pupils_payment_unfolds_by_keyboard_down_to_the_receipts(people: People) -> None:
    page = open_round(people, "board")
    page.get_by_role("link", name="児童生徒ごとの支給額を見る").click()
    page.locator("tr[data-row]", has=page.locator(".state-done")).first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("さんに何をいくら支給しましたか")
    part = page.locator("details.receipt").first
    tab_to(page, part.locator("> summary").first)
    page.keyboard.press("Enter")
    expect(part.locator(".receipt-lines > li").first).to_be_visible()
    parts = [yen(text) for text in page.locator(".receipt-total").all_inner_texts()]
    assert sum(parts) == yen(page.locator(".answer").inner_text().partition("円")[0])
    picture(page, "payment")


def test_a_notice_is_a_pdf_marked_sample(people: People) -> None:
    page = people.page("board")
    page.goto(people.address("nara", "/reports/?kind=notice"))
    row = page.get_by_role("row").filter(has_text="支弁区分決定通知書").filter(has_text="第1支援学校").last
    expect(row).to_be_visible()
    with page.expect_download() as arriving:
        row.get_by_role("link", name="取り出す").click()
    data = arriving.value.path().read_bytes()
    assert data.startswith(b"%PDF")
    pdf = PdfReader(io.BytesIO(data))
    assert all("サンプル" in each.extract_text() for each in pdf.pages)
    assert arriving.value.suggested_filename.endswith(".pdf")


def test_the_transfer_file_has_lines_of_120_bytes_and_is_nobodys_without_a_log_in(people: People) -> None:
    page = people.page("board")
    page.goto(people.address("nara", "/reports/?kind=bank"))
    link = page.get_by_role("row").filter(has_text="総合振込").get_by_role("link", name="取り出す")
    address = people.address("nara", str(link.get_attribute("href")))
    with page.expect_download() as arriving:
        link.click()
    data = arriving.value.path().read_bytes()
    lines = [line for line in data.replace(b"\r", b"").split(b"\n") if line.strip(b"\x1a")]
    assert {len(line) for line in lines} == {120}
    assert (lines[0][:1], lines[-1][:1]) == (b"1", b"9")
    stranger = people.stranger()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("ログイン")
