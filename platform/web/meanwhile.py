"""What somebody else saved while a form stood open: told before it is overwritten, and what was typed stays.

The form carries what it showed (`web/components/seen.html`). Sent back, an entry that is registered otherwise by now was changed
meanwhile: one that the person left alone takes the registered value, one that both changed keeps what was typed and says what
stands. Nothing is saved; the next sending replaces what was then shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms

from web.refill import SEEN

REFUSED = "あなたが入力している間に、ほかの人が{what}を変えました。まだ保存していません。いまの値を確かめて、もう一度保存してください。"


class Watched(forms.BaseForm):
    """Mixed into a form whose entries stand for registered values; `watch` is called once all fields are there.

    `seen`: entry → what is registered, as the page shows it. `elsewhere`: entries that changed meanwhile. `stands`: what is
    registered now under those of them that were typed otherwise.
    """

    def watch(self, names: Iterable[str]) -> None:
        self.seen = {name: self._shown(name) for name in names}
        self.elsewhere: list[str] = []
        self.stands: dict[str, str] = {}
        if not self.is_bound:
            return
        data: Any = copy(self.data)  # a QueryDict that came in is frozen, its copy is not
        for name, now in self.seen.items():
            before, typed = data.get(SEEN + name, now), str(data.get(name, ""))
            if _same(before, now) or _same(typed, now):
                continue
            self.elsewhere.append(name)
            if not _same(typed, before):
                self.stands[name] = now
            elif now or not isinstance(self.fields[name], forms.BooleanField):
                data[name] = now
            else:
                data.pop(name, None)
        self.data = data

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound or not self.elsewhere:
            return
        for name, now in self.stands.items():
            self.add_error(
                name, f"ほかの人が「{now or '空欄'}」に変えました。もう一度保存すると、あなたの入力に置き換わります。"
            )
        self.add_error(None, REFUSED.format(what=self.what_changed()))

    def what_changed(self) -> str:
        """The labels of what changed meanwhile."""
        return "、".join(f"「{self.fields[name].label}」" for name in self.elsewhere)

    def _shown(self, name: str) -> str:
        field = self.fields[name]
        value = self.get_initial_for_field(field, name)
        if isinstance(field, forms.BooleanField):
            return "on" if value else ""
        shown: Any = field.prepare_value(value)
        return "" if shown is None else str(shown)


def _same(one: str, other: str) -> bool:
    """As a browser sends them back."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
