"""Puts what somebody had typed back into the form of a page, on the finished HTML: for every page, without its view's help.

Text, number, date, choice and check controls take the values; hidden fields (state of the record, as fresh as the page), passwords,
files, one-time codes and whatever carries `data-no-draft` stay as the page has them; of the latter the page tells the server the
names (`name_unkept`), so that they are not kept where no script takes them out. Of a draft that tells which controls had been
changed (`leaving.js`), the others stay too: a colleague may have saved them since. With a control that is filled comes back what
its page had shown as registered, so that what a colleague saved there is no less noticed. What is filled carries a mark. No Django
import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

Fields = Sequence[tuple[str, str]]
"""Names and values in the order in which a browser sends them."""

NEVER: Final = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
TICKED: Final = frozenset({"checkbox", "radio"})
MARK: Final = "data-refilled"
NOTE: Final = "refilled-note"
"""The id of the words that describe each marked control."""


UNKEPT: Final = "draft:never"
"""The name of the hidden fields of `name_unkept`."""
NO_DRAFT: Final = "data-no-draft"
SEEN: Final = "seen-"
"""Before the name of a control: the hidden field that says what the page showed as registered (`web.meanwhile`)."""


@dataclass(frozen=True, slots=True)
class Refilled:
    """The page with the values in its form, and how many controls differ from the page as it was."""

    html: str
    changed: int


@dataclass(slots=True)
class _Control:
    """A control with the place of its start tag; a textarea with that of its text, a list of choices with their tags."""

    tag: str
    attributes: dict[str, str | None]
    start: int
    end: int
    form: int
    text: tuple[int, int] = (0, 0)
    options: list[_Control] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag

    @property
    def takes_values(self) -> bool:
        kept_out = "disabled" in self.attributes or "readonly" in self.attributes or NO_DRAFT in self.attributes
        code = self.attributes.get("autocomplete") == "one-time-code"
        return bool(self.name) and self.kind not in NEVER and not kept_out and not code


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [0, *(place + 1 for place, sign in enumerate(html) if sign == "\n")]
        self.forms: list[dict[str, str | None]] = []
        self.controls: list[_Control] = []
        self.main_begins = -1
        self._inside = -1
        self._open: _Control | None = None
        self.feed(html)
        self.close()

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._place()
        end = start + len(self.get_starttag_text() or "")
        attributes = dict(attrs)
        if tag == "main" and self.main_begins < 0:
            self.main_begins = end
        elif tag == "form":
            self.forms.append(attributes)
            self._inside = len(self.forms) - 1
        elif tag in ("input", "textarea", "select"):
            control = _Control(tag, attributes, start, end, self._inside, (end, end))
            self.controls.append(control)
            self._open = control if tag != "input" else self._open
        elif tag == "option" and self._open is not None and self._open.tag == "select":
            self._open.options.append(_Control(tag, attributes, start, end, self._inside, (end, end)))

    def handle_data(self, data: str) -> None:
        """The words of a choice are its value when it has none of its own."""
        if self._open is not None and self._open.options and "value" not in self._open.options[-1].attributes:
            self._open.options[-1].attributes["value"] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = -1
        elif tag in ("textarea", "select") and self._open is not None:
            self._open.text = (self._open.end, self._place())
            self._open = None


def insert_into_main(html: str, words: str) -> str:
    """The page with a piece of HTML at the beginning of its main part; unchanged when it has none."""
    place = _Reader(html).main_begins
    return html if place < 0 else html[:place] + words + html[place:]


def name_unkept(html: str) -> str:
    """The page with a hidden field before each control with `data-no-draft` of a form that is posted; the field holds its name."""
    reader = _Reader(html)
    posted = {number for number, form in enumerate(reader.forms) if (form.get("method") or "").lower() == "post"}
    unkept = [one for number in posted for one in _of_form(reader, number) if NO_DRAFT in one.attributes and one.name]
    for control in sorted(unkept, key=lambda one: one.start, reverse=True):
        form = control.attributes.get("form")
        elsewhere = f' form="{escape(form)}"' if form else ""
        hidden = f'<input type="hidden" name="{UNKEPT}" value="{escape(control.name)}"{elsewhere}>'
        html = html[: control.start] + hidden + html[control.start :]
    return html


def refill(html: str, page: str, action: str, fields: Fields, changed: frozenset[str] | None = None) -> Refilled | None:
    """Fill the form of the page at the path `page` that is sent to the path `action`; None when there is no such form.

    `changed`: the places (`_places`) of the controls to fill; None when nobody knows, and then all are filled.
    """
    reader = _Reader(html)
    form = _chosen(reader, page, action, fields)
    if form is None:
        return None
    waiting: dict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        waiting[name].append(value)
    filled = [
        (control.name, edits)
        for control, place in _places(reader, form)
        if control.takes_values and (edits := _edits(html, control, waiting)) and (changed is None or place in changed)
    ]
    seen = _seen(reader, form, {name for name, _ in filled}, dict(fields))
    for start, end, words in sorted([*seen, *(edit for _, edits in filled for edit in edits)], reverse=True):
        html = html[:start] + words + html[end:]
    return Refilled(html, len(filled))


def _seen(reader: _Reader, form: int, names: set[str], typed: dict[str, str]) -> list[tuple[int, int, str]]:
    """What the draft's page showed under the controls that were filled: a colleague's change since is told when it is sent."""
    return [
        _start_tag(replace(one, attributes={**one.attributes, "value": typed[one.name]}))
        for one in _of_form(reader, form)
        if one.kind == "hidden" and one.name in typed and one.name.removeprefix(SEEN) in names - {one.name}
    ]


def _chosen(reader: _Reader, page: str, action: str, fields: Fields) -> int | None:
    """Of the forms sent to that address the one whose hidden fields, and then whose names, are most like what was typed."""
    given, names = set(fields), {name for name, _ in fields}

    def likeness(form: int) -> tuple[int, int]:
        within = _of_form(reader, form)
        hidden = [(one.name, one.attributes.get("value") or "") for one in within if one.kind == "hidden"]
        return sum(pair in given for pair in hidden), len(names & {one.name for one in within})

    fitting = [
        number
        for number, form in enumerate(reader.forms)
        if (form.get("method") or "").lower() == "post" and (urlsplit(form.get("action") or "").path or page) == action
    ]
    return max(fitting, key=likeness, default=None)


def _of_form(reader: _Reader, form: int) -> list[_Control]:
    """Its controls, those that stand elsewhere and name it included."""
    known = reader.forms[form].get("id")
    return [
        one
        for one in reader.controls
        if (one.attributes["form"] == known if "form" in one.attributes else one.form == form)
    ]


def _places(reader: _Reader, form: int) -> Iterator[tuple[_Control, str]]:
    """Each control with what `leaving.js` calls it: a box by its value, radios together, others by their turn under the name."""
    turns: dict[str, int] = defaultdict(int)
    for one in _of_form(reader, form):
        if one.kind == "checkbox":
            place = f"{one.name}={one.attributes.get('value') or 'on'}"
        else:
            place = f"{one.name}=" if one.kind == "radio" else f"{one.name}#{turns[one.name]}"
        turns[one.name] += 1
        yield one, place


def _edits(html: str, control: _Control, waiting: dict[str, list[str]]) -> list[tuple[int, int, str]]:
    """What fills the control and marks it as filled; nothing when it holds the value already."""
    if control.kind in TICKED:
        ticked = (control.attributes.get("value") or "on") in waiting.get(control.name, [])
        return _switched(_noted(control), "checked", ticked)
    if control.name not in waiting or not waiting[control.name]:
        return []
    if control.tag == "select":
        return _selected(control, waiting[control.name])
    value = waiting[control.name].pop(0)
    if control.tag == "textarea":
        shown = html[slice(*control.text)]
        wanted = f"\n{escape(value.replace(chr(13) + chr(10), chr(10)))}"  # a browser drops the first line feed
        return [] if shown.strip() == wanted.strip() else [_start_tag(_noted(control)), (*control.text, wanted)]
    if (control.attributes.get("value") or "") == value:
        return []
    noted = _noted(control)
    noted.attributes["value"] = value
    return [_start_tag(noted)]


def _selected(control: _Control, values: list[str]) -> list[tuple[int, int, str]]:
    """Choices that are not on the page any more stay out, and then the page's own choice stays."""
    offered = {option.attributes.get("value") or "" for option in control.options}
    if "multiple" not in control.attributes:
        values = [values.pop(0)]
    wanted = set(values) & offered
    if values and not wanted:
        return []
    if not any("selected" in option.attributes for option in control.options) and wanted == {
        control.options[0].attributes.get("value") or ""
    }:
        return []
    edits = [
        edit
        for option in control.options
        for edit in _switched(option, "selected", (option.attributes.get("value") or "") in wanted)
    ]
    return [_start_tag(_noted(control)), *edits] if edits else []


def _switched(control: _Control, attribute: str, wanted: bool) -> list[tuple[int, int, str]]:
    if (attribute in control.attributes) is wanted:
        return []
    others = {name: value for name, value in control.attributes.items() if name != attribute}
    return [_start_tag(replace(control, attributes={**others, attribute: None} if wanted else others))]


def _noted(control: _Control) -> _Control:
    """The control as it is once filled: seen, and told to a screen reader, as put back."""
    described = [one for one in (control.attributes.get("aria-describedby") or "").split() if one != NOTE]
    marks = {MARK: None, "aria-describedby": " ".join([*described, NOTE])}
    return replace(control, attributes={**control.attributes, **marks})


def _start_tag(control: _Control) -> tuple[int, int, str]:
    written = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in control.attributes.items()
    )
    return control.start, control.end, f"<{control.tag}{written}>"
