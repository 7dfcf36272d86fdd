"""What somebody had typed goes back into the form of a page, and nothing else on the page changes."""

from __future__ import annotations

import pytest

from web.refill import insert_into_main, name_unkept, refill

PAGE = """<!doctype html>
<main id="main" class="main"><h1>入力 <b>&amp;</b></h1>
<form method="post" action="/other/"><input name="reason" value=""></form>
<form method="get"><input name="reason"></form>
<form method="post" id="one"><input type="hidden" name="csrfmiddlewaretoken" value="new"><input type="hidden" name="act" value="a">
  <input name="reason" value="前"></form>
<form method="post" id="two"><input type="hidden" name="act" value="b"><input type="hidden" name="digest" value="fresh">
  <input type="text" name="reason" maxlength="20" required>
  <input type="password" name="password"><input type="file" name="file"><input name="token" autocomplete="one-time-code">
  <input name="quiet" data-no-draft><input name="fixed" value="1" readonly>
  <textarea name="note">
前の文</textarea>
  <select name="school"><option value="">選んでください</option><option value="S01" selected>一校</option>
    <option>S02</option></select>
  <input type="checkbox" name="days" value="1" checked><input type="checkbox" name="days" value="2">
  <input type="radio" name="kind" value="x"><input type="radio" name="kind" value="y">
</form>
<table><tr><td><input name="amount" form="two" value="1"></td><td><input name="amount" form="two" value="2"></td></tr></table>
</main>
"""
TYPED = [
    ("act", "b"),
    ("digest", "old"),
    ("reason", '理由 "><script>'),
    ("password", "hokko"),
    ("file", "x.xlsx"),
    ("token", "123456"),
    ("quiet", "x"),
    ("fixed", "2"),
    ("note", "一行\r\n</textarea>二行"),
    ("school", "S02"),
    ("days", "2"),
    ("kind", "y"),
    ("amount", "1"),
    ("amount", "３"),
    ("unknown", "x"),
]


NOTED = ' data-refilled aria-describedby="refilled-note"'


def test_every_kind_of_control_takes_its_value_and_nothing_else_changes() -> None:
    filled = refill(PAGE, "/page/", "/page/", TYPED)
    assert filled is not None
    expected = PAGE
    for before, after in (
        (
            'maxlength="20" required>',
            'maxlength="20" required data-refilled aria-describedby="refilled-note" value="理由 &quot;&gt;&lt;script&gt;">',
        ),
        ('<textarea name="note">', f'<textarea name="note"{NOTED}>'),
        ('<select name="school">', f'<select name="school"{NOTED}>'),
        (">\n前の文</textarea>", ">\n一行\n&lt;/textarea&gt;二行</textarea>"),
        ('<option value="S01" selected>', '<option value="S01">'),
        ("<option>S02", '<option value="S02" selected>S02'),
        ('name="days" value="1" checked>', f'name="days" value="1"{NOTED}>'),
        ('name="days" value="2">', f'name="days" value="2"{NOTED} checked>'),
        ('name="kind" value="y">', f'name="kind" value="y"{NOTED} checked>'),
        ('form="two" value="2">', f'form="two" value="３"{NOTED}>'),
    ):
        assert before in expected
        expected = expected.replace(before, after)
    assert filled.html == expected
    assert filled.changed == 7


@pytest.mark.parametrize("secret", ["hokko", "x.xlsx", "123456", "old"])
def test_secrets_and_the_state_of_the_record_stay_as_the_page_has_them(secret: str) -> None:
    filled = refill(PAGE, "/page/", "/page/", TYPED)
    assert filled is not None
    assert secret not in filled.html


def test_filled_once_there_is_nothing_left_to_do() -> None:
    filled = refill(PAGE, "/page/", "/page/", TYPED)
    assert filled is not None
    again = refill(filled.html, "/page/", "/page/", TYPED)
    assert again is not None
    assert (again.changed, again.html) == (0, filled.html)


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("amount#1", 'value="2"></td>', f'value="３"{NOTED}></td>'),
        ("days=2", 'name="days" value="2">', f'name="days" value="2"{NOTED} checked>'),
        ("days=1", 'name="days" value="1" checked>', f'name="days" value="1"{NOTED}>'),
        ("kind=", 'name="kind" value="y">', f'name="kind" value="y"{NOTED} checked>'),
        ("", "", ""),
    ],
)
def test_of_a_draft_that_tells_what_was_changed_the_rest_stays_as_the_page_has_it_now(
    place: str, before: str, after: str
) -> None:
    """A box that was not touched is not unticked, and a turn under a name is counted although the others stay."""
    filled = refill(PAGE, "/page/", "/page/", TYPED, frozenset({place}))
    assert filled is not None
    assert filled.html == (PAGE.replace(before, after) if before else PAGE)
    assert filled.changed == bool(place)


def test_the_form_is_found_by_address_then_by_its_hidden_fields() -> None:
    one = refill(PAGE, "/page/", "/page/", [("act", "a"), ("reason", "新")])
    other = refill(PAGE, "/page/", "/other/", [("reason", "新")])
    assert one is not None
    assert other is not None
    assert one.html == PAGE.replace('name="reason" value="前"', f'name="reason" value="新"{NOTED}')
    assert other.html == PAGE.replace('<input name="reason" value="">', f'<input name="reason" value="新"{NOTED}>')
    assert refill(PAGE, "/page/", "/nowhere/", [("reason", "新")]) is None


def test_a_choice_that_is_gone_leaves_the_pages_own() -> None:
    gone = refill(PAGE, "/page/", "/page/", [("act", "b"), ("school", "S99"), ("days", "1")])
    assert gone is not None
    assert (gone.changed, gone.html) == (0, PAGE)


def test_words_go_to_the_beginning_of_the_main_part() -> None:
    assert '<main id="main" class="main"><p>新</p><h1>' in insert_into_main(PAGE, "<p>新</p>")
    assert insert_into_main("<p>x</p>", "<p>新</p>") == "<p>x</p>"


def test_the_page_names_the_controls_that_are_never_kept() -> None:
    control, elsewhere = '<input name="quiet" data-no-draft>', '<select name="far" form="two" data-no-draft></select>'
    named = name_unkept(PAGE.replace("</main>", f"{elsewhere}</main>"))
    assert f'<input type="hidden" name="draft:never" value="quiet">{control}' in named
    assert f'<input type="hidden" name="draft:never" value="far" form="two">{elsewhere}' in named
    assert named.count("draft:never") == 2
    asked = '<form method="get"><input name="q" data-no-draft></form>'
    assert name_unkept(asked) == asked


@pytest.mark.parametrize("changed", [None, frozenset({"income#0"})])
def test_with_a_filled_control_comes_back_what_its_page_had_shown(changed: frozenset[str] | None) -> None:
    """Else what a colleague registered since would count as seen, and the draft would replace it unasked."""
    now = '<input type="hidden" name="seen-income" value="2,450,000"><input name="income" value="2,450,000">'
    other = '<input type="hidden" name="seen-tax" value="9"><input name="tax" value="9">'
    page = f'<form method="post">{now}{other}</form>'
    draft = [("seen-income", ""), ("income", "1"), ("seen-tax", "9" if changed is None else "8"), ("tax", "9")]
    filled = refill(page, "/page/", "/page/", draft, changed)
    assert filled is not None
    before = f'<input type="hidden" name="seen-income" value=""><input name="income" value="1"{NOTED}>'
    assert (filled.changed, filled.html) == (1, page.replace(now, before))
