"""Every page on the way in and out, walked with the keyboard alone and heard through the accessibility tree."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.inspection import faults_of
from tests.e2e.people import tab_to
from tests.platform.accounts.office import HOST, Office
from tests.platform.accounts.sign_in import PASSWORD, code_of, make_person, wrong_code_of

pytestmark = pytest.mark.browser

NEW = "kita-no-machi-no-hi"
ENTRIES = {"textbox", "checkbox", "radio", "combobox", "button", "link"}
WRONG_WAYS = r"""() => {
  const faults = [], fields = document.querySelectorAll("main input:not([type=hidden]):not([hidden])");
  for (const field of fields) {
    const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
    if (!field.dispatchEvent(paste)) faults.push("pasting is prevented: " + field.name);
    if (!field.autocomplete) faults.push("no word for password managers: " + field.name);
    if (field.maxLength > 0 && field.maxLength < 20) faults.push("cuts what is pasted: " + field.name);
  }
  return faults;
}"""
BEFORE = """() => {
  const now = document.activeElement, last = window.lastStop;
  window.lastStop = now;
  return Boolean(last) && last !== now && Boolean(now.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""


class Listener:
    """What a screen reader would be told of each page, and what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tool = page.context.new_cdp_session(page)
        self.faults: dict[str, list[str]] = {}
        self.titles: dict[str, str] = {}

    def page_is(self, question: str, *, refused: str = "") -> None:
        """The page that asks this stands there: look and listen. `refused`: words of the error that has just come."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(question)
        self.page.wait_for_load_state("load")  # the words come before the style sheet, without which no focus is seen
        spot = f"{question} {refused}".strip()
        faults = self._of_names() + self.page.evaluate(WRONG_WAYS)
        if refused:
            faults += self._of_refusal(refused)
        faults += [fault for fault in faults_of(self.page) if "ribbon" not in fault]
        faults += self._of_order()
        self.faults[spot] = faults
        self.titles[question] = self.page.title()

    def _tree(self) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.tool.send("Accessibility.getFullAXTree")["nodes"]
        return [node for node in nodes if not node.get("ignored")]

    def _of_names(self) -> list[str]:
        nodes = self._tree()
        found = [
            f"no name: {_word(node, 'role')}"
            for node in nodes
            if _word(node, "role") in ENTRIES and not _word(node, "name")
        ]
        names = [
            (_word(node, "role"), _word(node, "name")) for node in nodes if _word(node, "role") in {"button", "link"}
        ]
        found += [f"two of one name: {name}" for name in {name for name in names if names.count(name) > 1}]
        roles = {_word(node, "role") for node in nodes}
        return found + [f"no {role}" for role in ("main", "heading") if role not in roles]

    def _of_refusal(self, words: str) -> list[str]:
        """The summary has the focus and says it; a field that is wrong says so itself, and the summary leads to it."""
        found = []
        summary = self.page.get_by_role("alert").filter(has_text=words)
        if not summary.evaluate("alert => alert === document.activeElement"):
            found.append("the summary of errors has not the focus")
        for link in summary.get_by_role("link").all():
            field = self.page.locator(str(link.get_attribute("href")))
            told = field.evaluate(
                "field => (field.getAttribute('aria-describedby') || '').split(' ')"
                ".map(id => document.getElementById(id)?.textContent || 'NOTHING').join(' ')"
            )
            if field.get_attribute("aria-invalid") != "true" or words not in told or "NOTHING" in told:
                found.append(f"a wrong field does not say so: {told}")
        return found

    def _of_order(self) -> list[str]:
        """From the link that skips the frame on, the Tab key goes through the page in the order in which it is read."""
        self.page.evaluate("() => { window.lastStop = document.querySelector('.skip-link'); window.lastStop.focus(); }")
        for step in range(12):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                return [] if step else ["the Tab key leads nowhere"]
            if self.page.evaluate(BEFORE):
                return [f"the focus jumps back at step {step}"]
        return []


def _word(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value", "")).strip()


def enter(page: Page, field: Locator | str, text: str, *, send: bool = False) -> None:
    """Tab to a field, empty it, type; Enter sends the form."""
    place = page.locator(f"main [name={field}]") if isinstance(field, str) else field
    tab_to(page, place)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    if send:
        page.keyboard.press("Enter")


def press(page: Page, name: str, role: Any = "button") -> None:
    tab_to(page, page.get_by_role(role, name=name))
    page.keyboard.press("Enter")


def test_every_door_by_keyboard_and_ear(try_views: None, clerk: Any, clock: Any) -> None:
    from accounts.services import issue_activation_code

    office = Office()
    heard: list[Listener] = []

    def later() -> None:
        office.do(lambda: clock.advance(minutes=1))  # each wrong try is followed by a wait

    def enrol(page: Page, ear: Listener) -> list[str]:
        page.goto(f"{HOST}/enrol/")
        ear.page_is("利用開始の手続を始めますか")
        enter(page, "username", "clerk")
        enter(page, "code", "ABCD-EFGH-JKLM-NPQR", send=True)
        ear.page_is("利用開始の手続を始めますか", refused="利用開始コードが違うか")
        enter(page, "username", "clerk")
        enter(page, "code", office.do(lambda: issue_activation_code(clerk)), send=True)
        ear.page_is("1/3 パスワードを決めてください")
        enter(page, "password", NEW)
        enter(page, "again", PASSWORD, send=True)
        ear.page_is("1/3 パスワードを決めてください", refused="2回の入力が違います")
        enter(page, "password", NEW)
        enter(page, "again", NEW, send=True)
        ear.page_is("2/3 認証器を登録してください")
        expect(page.get_by_role("img", name="認証アプリで読み取る二次元コード")).to_be_visible()
        assert not page.evaluate("document.activeElement.name"), "what is to be read comes before the entry"
        enter(page, "token", "12345", send=True)
        ear.page_is("2/3 認証器を登録してください", refused="6桁の数字")
        enter(page, "token", office.do(_first_code), send=True)
        ear.page_is("3/3 予備コードを受け取ってください")
        press(page, "予備コードを表示する")
        expect(page.get_by_role("listitem")).to_have_count(10)
        ear.page_is("3/3 予備コードを受け取ってください")
        codes = page.locator("ol code").all_inner_texts()
        press(page, "保管したので手続を終える")
        expect(page.get_by_role("status").first).to_contain_text("手続が終わりました")
        return codes

    def _first_code() -> str:
        from accounts.models import TotpDevice

        code: str = TotpDevice.objects.get(user=clerk).unused_code()[0]
        return code

    def log_in(page: Page, ear: Listener, codes: list[str]) -> None:
        ear.page_is("ログイン")
        enter(page, "username", "clerk")
        enter(page, "password", PASSWORD, send=True)
        ear.page_is("ログイン", refused="パスワードが違います")
        enter(page, "username", "clerk")
        enter(page, "password", NEW, send=True)
        ear.page_is("認証器の番号を入力してください")
        enter(page, "token", office.do(lambda: wrong_code_of(clerk)), send=True)
        ear.page_is("認証器の番号を入力してください", refused="番号が違うか")
        press(page, "予備コードを使う", "link")
        ear.page_is("予備コードを入力してください")
        enter(page, "code", "AAAA", send=True)
        ear.page_is("予備コードを入力してください", refused="予備コードが違うか")
        later()
        enter(page, "code", codes[0].lower(), send=True)
        page.wait_for_url(f"{HOST}/")

    def inside(page: Page, ear: Listener) -> None:
        page.goto(f"{HOST}/account/")
        ear.page_is("最近のログインに心当たりはありますか")
        page.goto(f"{HOST}/account/password/")
        ear.page_is("認証器の番号をもう一度入力してください")
        enter(page, "token", office.do(lambda: wrong_code_of(clerk)), send=True)
        ear.page_is("認証器の番号をもう一度入力してください", refused="番号が違うか")
        later()
        code = office.do(lambda: code_of(clerk))
        enter(page, "token", f"{code[:3]} {code[3:]}", send=True)  # as authenticator apps show and copy it
        ear.page_is("パスワードを変更しますか")
        press(page, "ログアウト")
        ear.page_is("ログアウトしました")
        press(page, "もう一度ログインする", "link")
        page.wait_for_url("**/login/")
        page.goto(f"{HOST}/login/?ended=idle&sent=kept")
        ear.page_is("ログイン")
        expect(page.locator(".answer")).to_contain_text("操作がなかったため")

    def lost(page: Page, ear: Listener) -> None:
        office.do(lambda: clock.advance(minutes=5))
        enter(page, "username", "clerk")
        enter(page, "password", NEW, send=True)
        page.wait_for_url("**/login/otp/")
        enter(page, "token", office.do(lambda: code_of(clerk)), send=True)
        page.wait_for_url(f"{HOST}/")
        page.goto(f"{HOST}/account/")
        ear.page_is("最近のログインに心当たりはありますか")
        tab_to(page, page.get_by_role("button", name="これは私ではない").first)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("申出を受け付けました")
        press(page, "認証器をなくした")
        ear.page_is("ログアウトしました")

    def journey(page: Page) -> None:
        ear = Listener(page)
        heard.append(ear)
        codes = enrol(page, ear)
        log_in(page, ear, codes)
        inside(page, ear)
        lost(page, ear)

    office.serve(journey)
    assert {spot: faults for spot, faults in heard[0].faults.items() if faults} == {}
    titles = heard[0].titles
    assert len(set(titles.values())) == len(titles) >= 11, "each page has a title of its own"
    assert clerk.session_records.filter(disowned_at__isnull=False).count() == 1
    assert office.complaints == []


def test_the_page_of_a_hardware_token_by_keyboard_and_ear(try_views: None, in_a: Any, clock: Any) -> None:
    from accounts.services import issue_activation_code
    from accounts.services.tokens import assign_token, load_tokens
    from tests.platform.accounts.test_tokens import csv_file

    office = Office()
    heard: list[Listener] = []
    holder = make_person("holder")
    load_tokens(csv_file())
    assign_token("A100", holder)

    def journey(page: Page) -> None:
        heard.append(Listener(page))
        page.goto(f"{HOST}/enrol/")
        enter(page, "username", "holder")
        enter(page, "code", office.do(lambda: issue_activation_code(holder)), send=True)
        page.wait_for_url("**/enrol/password/")
        enter(page, "password", NEW)
        enter(page, "again", NEW, send=True)
        heard[0].page_is("2/3 トークンの番号を入力してください")

    office.serve(journey)
    assert {spot: faults for spot, faults in heard[0].faults.items() if faults} == {}
