"""The components in a real browser: strict CSP, zoom, keys, and a page without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.platform.web.conftest import Render
from tests.platform.web.gallery import SOURCE, served
from tests.platform.web.samples import values
from tests.platform.web.test_examples import EXAMPLES
from tests.support.browser import chromium, chromium_program

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(chromium_program()) as opened:
        yield opened


@pytest.fixture
def address(render: Render) -> Iterator[str]:
    examples = "".join(example for example in EXAMPLES if "{% extends" not in example)
    with served(render(SOURCE.replace("EXAMPLES", examples), **values())) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def focused(page: Page, attribute: str) -> str:
    return str(page.evaluate(f"document.activeElement.getAttribute('{attribute}')"))


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (683, 384)], ids=["1366x768", "200%"])
def test_nothing_is_blocked_and_nothing_overflows(browser: Browser, address: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert complaints == []
    assert overflow == 0


def test_every_control_is_large_enough_or_has_room(page: Page) -> None:
    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, .place, .chip, .pagination a, .grid input, input.control')]
        .filter(e => e.offsetHeight && Math.min(e.offsetHeight, e.offsetWidth) < 24).map(e => e.outerHTML)"""
    )
    assert small == []


def test_the_first_thing_with_focus_is_the_error_summary(page: Page) -> None:
    assert "error-summary" in focused(page, "class")
    page.keyboard.press("Tab")
    assert focused(page, "href") == "#id_born_on"


def test_a_grid_is_filled_without_the_mouse(page: Page) -> None:
    page.locator("input[name=a]").click()
    page.keyboard.type("１２３４")
    page.keyboard.press("Enter")
    assert page.input_value("input[name=a]") == "1,234"
    assert focused(page, "name") == "b"
    page.keyboard.type("77")
    page.keyboard.press("Escape")
    assert page.input_value("input[name=b]") == ""
    page.keyboard.press("ArrowDown")
    assert focused(page, "name") == "d"
    page.keyboard.press("Shift+Enter")
    assert focused(page, "name") == "c"
    page.keyboard.press("ArrowUp")
    assert focused(page, "name") == "a"


def test_a_composing_input_method_keeps_its_enter(page: Page) -> None:
    page.locator("input[name=a]").click()
    page.evaluate(
        """document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert focused(page, "name") == "a"


def test_a_pasted_block_fills_the_cells_and_shows_what_is_wrong(page: Page) -> None:
    page.locator("input[name=a]").click()
    page.evaluate(
        """const data = new DataTransfer(); data.setData('text/plain', '1,300\\t２００\\n円なし\\t5,100\\n');
        document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))"""
    )
    assert [page.input_value(f"input[name={name}]") for name in "abcd"] == ["1,300", "200", "円なし", "5,100"]
    kinds = page.evaluate("[...'abcd'].map(n => document.querySelector(`input[name=${n}]`).closest('td').className)")
    assert kinds == ["cell-changed", "cell-new", "cell-wrong", "cell-same"]


def test_rows_take_the_arrows_and_n_finds_the_next_unfinished(page: Page) -> None:
    page.locator("tr[data-row]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.rowIndex") == 2
    page.locator("tr[data-row]").nth(4).focus()
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.rowIndex") == 7
    page.keyboard.press("Enter")
    page.wait_for_url("**/statements/36/")


def test_a_draft_is_sent_after_a_pause_and_says_so(page: Page) -> None:
    page.route("**/draft/", lambda route: route.fulfill(status=200, body=""))
    with page.expect_request("**/draft/") as sent:
        page.locator("input[name=b]").fill("500")
    assert 'name="b"' in (sent.value.post_data or "")
    page.get_by_text("下書きを保存しました").wait_for()


def test_lost_contact_is_told_in_words(page: Page) -> None:
    page.route("**/statements/**", lambda route: route.abort())
    page.get_by_text("通信できません").wait_for(timeout=8000)


def test_a_page_without_scripts_keeps_every_link_and_button(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.get_by_text("最新の状態を見る").is_visible()
    assert page.get_by_role("button", name="保存して次の世帯へ").is_visible()
    assert not page.get_by_role("button", name="行を詰める").is_visible()
    page.get_by_text("表で見る").first.click()
    assert page.get_by_role("cell", name="812").is_visible()
    context.close()


def test_what_is_hidden_in_a_table_does_not_lengthen_the_page(page: Page) -> None:
    """Words for those who listen are placed within the frame that scrolls; else a long table's reach far below the page's end."""
    frame = "[...document.querySelectorAll('.table-frame')]"
    assert page.evaluate(f"{frame}.length && {frame}.every(one => getComputedStyle(one).position === 'relative')")
