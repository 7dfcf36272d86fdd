"""The console's form of an adapter configuration, generated from the configuration model itself.

Only the entries that apply to the chosen way of connecting and the chosen record form are shown; what was typed for the others
travels along hidden, so that switching back loses nothing. The configuration holds *names* of secrets; the values have fields
of their own that are never filled in for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.config.form import FormField, FormGroup, form_schema, from_form
from integrations.atena_adapters.config.problems import ConfigProblem, config_problems
from web.fields import FreeTextField
from web.forms import Form

SECRET = "secret-value."  # noqa: S105 - the beginning of field names
KINDS = ("transport.kind", "dialect.kind")
FOLDER, AUTH = "transport.folder", "transport.auth"
OWN_FOLDER = ("folder", "medium", "terminal")
"""Ways of connecting with a folder on this machine."""
SEALED_BY_KEY = ("medium", "terminal")
"""Ways of connecting whose secret is a key of 32 bytes."""
LONG_LINE = 30
"""Characters; a longer text gets the whole width, as patterns of file names and folders do."""
LONGEST = 8_000
_NO_AUTHENTICATION = "none"
_CHOOSE = "選べる値の中から選んでください。"
_UNKNOWN = "この名前の認証情報はまだ登録されていません。値を入力してください。"
_ELSEWHERE = "接続先か認証の設定が前の版と変わったため、登録済みの認証情報は使えません。値をもう一度入力してください。"
_WORDS = {"required": "入力してください。", "invalid_choice": _CHOOSE, "invalid_list": _CHOOSE}


@dataclass(frozen=True, slots=True)
class KeptSecrets:
    """Names of the secrets already stored, and the only destination that they are for."""

    names: frozenset[str] = frozenset()
    destination: tuple[str, ...] = ()

    def usable_for(self, config: AdapterConfig | None) -> frozenset[str]:
        """The names that a version with this configuration takes over."""
        same = config is not None and destination(config.model_dump(mode="json")) == self.destination
        return self.names if same else frozenset()


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of the form with its fields as Django shows them; unfolded when it is the first or has errors."""

    title: str
    fields: list[BoundField]
    open: bool


def typed_texts(data: QueryDict) -> dict[str, str]:
    """What a sent form says for each entry of the configuration; of several ticks, all."""
    fields = [field for group in form_schema() for field in group.fields]
    ticked = {field.name for field in fields if field.type == "choices"}
    return {
        field.name: ",".join(data.getlist(field.name)) for field in fields if field.name in data or field.name in ticked
    }


class SecretField(forms.CharField):
    """`needed`: nothing is stored yet and the way of connecting asks for it; `clean` of the form says so when it is missing."""

    needed = False


class AdapterForm(Form):
    """`values` are the texts to start from (`form_values`); `kept` are the secrets already stored.

    `place` is the folder below which this prefecture exchanges files (`Bounds.exchange_root`); "" where it is not told.
    """

    def __init__(
        self, values: Mapping[str, str], kept: KeptSecrets, data: QueryDict | None = None, *, place: str = ""
    ) -> None:
        super().__init__(data)
        self.kept = kept
        self.schema = form_schema()
        self._values = {**values, **(typed_texts(data) if data is not None else {})}
        self._kinds = {name: self._kind(name) for name in KINDS}
        self.config: AdapterConfig | None = None
        for field in self._shown():
            start = self._values.get(field.name, field.default)
            is_ours = bool(place) and field.name == FOLDER and self._kinds["transport.kind"] in OWN_FOLDER
            self.fields[field.name] = _control(field, start or place if is_ours else start)
            if is_ours:
                self.fields[field.name].help_text += f" この団体の場所: {place}"
            if field.type == "secret":
                self.fields[SECRET + field.name] = self._secret_control(stored=start in kept.names)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def groups(self) -> list[ShownGroup]:
        shown: list[ShownGroup] = []
        for group in self.schema:
            fields = [self[name] for name in self._names(group)]
            if fields:
                shown.append(ShownGroup(group.title, fields, not shown or any(field.errors for field in fields)))
        return shown

    def hidden(self) -> dict[str, str]:
        """What was typed for entries that do not apply now."""
        return {name: text for name, text in self._values.items() if name not in self.fields}

    def texts_now(self) -> dict[str, str]:
        """What the form says for every entry that applies now, whether it is right or not."""
        return {field.name: self._values.get(field.name, field.default) for field in self._shown()}

    def _names(self, group: FormGroup) -> Iterator[str]:
        for field in group.fields:
            if field.name in self.fields:
                yield field.name
            if SECRET + field.name in self.fields:
                yield SECRET + field.name

    def _shown(self) -> Iterator[FormField]:
        for group in self.schema:
            for field in group.fields:
                if all(self._kinds.get(name) in choices for name, choices in field.shown_when.items()):
                    yield field

    def _secret_control(self, *, stored: bool) -> SecretField:
        """Write-only: Django never renders the value of a password input."""
        told = "登録済みです。認証情報か、接続先・認証の設定を変えるときに入力してください。"
        words = [told if stored else "まだ登録されていません。"]
        if self._kinds["transport.kind"] in SEALED_BY_KEY:
            words.append("32バイトの鍵をBase64で書いた44文字です（例: openssl rand -base64 32 で作れます）。")
        control = SecretField(
            label="認証情報の値",
            help_text=" ".join([*words, "保存した後は、だれにも表示されません。"]),
            required=False,
            max_length=LONGEST,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )
        control.needed = not stored and self._values.get(AUTH) != _NO_AUTHENTICATION
        return control

    def _kind(self, name: str) -> str:
        """The way of connecting or the record form asked for, if there is such a one."""
        field = next(field for group in self.schema for field in group.fields if field.name == name)
        asked = self._values.get(name, "")
        return asked if asked in dict(field.choices) else field.default

    # --- reading it --------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            try:
                self.config = from_form(self._texts())
            except ValidationError as error:
                for problem in config_problems(error):
                    self.add_error(self._place(problem), problem.message)
            self._ask_for_secrets()
        return self.cleaned_data

    def secrets(self) -> dict[str, str]:
        """Values that were typed now, by the name under which the configuration asks for them."""
        typed = {
            name.removeprefix(SECRET): value for name, value in self.cleaned_data.items() if name.startswith(SECRET)
        }
        return {str(self.cleaned_data[entry]): str(value) for entry, value in typed.items() if value}

    def _texts(self) -> dict[str, str]:
        return {name: _text(value) for name, value in self.cleaned_data.items() if not name.startswith(SECRET)}

    def _ask_for_secrets(self) -> None:
        # Only HTTP can do without; the other ways that name a secret always need it.
        if self.cleaned_data.get(AUTH) == _NO_AUTHENTICATION:
            return
        stored = self.kept.usable_for(self.config) | set(self.secrets())
        for field in self._shown():
            name = str(self.cleaned_data.get(field.name))
            if field.type == "secret" and name not in stored:
                known = self.config is not None and name in self.kept.names
                self.add_error(SECRET + field.name, _ELSEWHERE if known else _UNKNOWN)

    def _place(self, problem: ConfigProblem) -> str | None:
        """The field of a problem: itself, the one it is a part of, or the one its message names; else the whole form."""
        name = problem.name
        while name:
            if name in self.fields:
                return name
            name = name.rpartition(".")[0]
        within = [shown for shown in self.fields if shown.startswith(f"{problem.name}.")]
        named = [shown for shown in within if _is_named(problem.message, shown, str(self.fields[shown].label))]
        return named[0] if named else None


def _is_named(message: str, name: str, label: str) -> bool:
    return label in message or f" {name.rpartition('.')[2]} " in message


def _control(field: FormField, start: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": False,
        "initial": start,
        "error_messages": _WORDS,
    }
    if field.type == "boolean":
        # Two words instead of a tick: what was not shown can be told from what was unticked.
        return forms.ChoiceField(choices=(("true", "はい"), ("false", "いいえ")), **common | {"required": True})
    if field.type == "choice":
        return forms.ChoiceField(choices=field.choices, **common | {"required": True})
    if field.type == "choices":
        chosen = [word for word in start.split(",") if word]
        return forms.MultipleChoiceField(
            choices=field.choices, widget=forms.CheckboxSelectMultiple, **common | {"initial": chosen}
        )
    if field.type in ("table", "columns"):
        rows = min(max(start.count("\n") + 2, 3), 14)
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "class": "control-lines"})
        return FreeTextField(widget=widget, max_length=LONGEST, **common)
    return FreeTextField(widget=_line(field, start), max_length=LONGEST, **common | {"required": field.required})


def _line(field: FormField, start: str) -> forms.TextInput:
    attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    if field.type == "path" or max(len(start), len(field.default)) > LONG_LINE:
        attributes["class"] = "control-wide"
    return forms.TextInput(attrs=attributes | ({"inputmode": "decimal"} if field.type == "number" else {}))


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)
