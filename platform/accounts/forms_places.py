"""What is typed to register a place for numbers."""

from __future__ import annotations

from django import forms

from web.fields import FreeTextField
from web.forms import Form


class PlaceForm(Form):
    kind = forms.ChoiceField(label="種類", choices=[("network", "庁内の回線"), ("terminal", "端末")])
    value = FreeTextField(
        label="アドレスの範囲または端末ID",
        max_length=43,
        help_text="回線は 10.20.0.0/16（IPv4は/16、IPv6は/48より広い範囲は登録できません）、端末は T-ABCD-EFGH のように入力します。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = FreeTextField(label="名称・設置場所", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
