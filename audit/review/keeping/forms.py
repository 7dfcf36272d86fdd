"""What is asked before records are given out, and before a request about them is taken or answered."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django import forms
from django.utils import timezone

from accounts.forms import JapaneseDateField
from audit.review.period_words import why_no_period
from audit.trail.models import TrailRequest
from audit.trail.sealing.handing import is_allowed_host
from web.fields import FreeTextField
from web.forms import Form
from web.moments import start_of

MOST_DAYS = 400
TEXT_LENGTH = 2_000


class PeriodForm(Form):
    """Inclusive Japanese days. Both are needed: nobody takes out seven years by leaving a field empty."""

    since = JapaneseDateField(
        label="いつから",
        error_messages={"required": "「いつから」に、期間の始めの日を入力してください（例: R8.4.1）。"},
    )
    until = JapaneseDateField(
        label="いつまで",
        error_messages={"required": "「いつまで」に、期間の終わりの日を入力してください（例: R8.4.30）。"},
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and (wrong := why_no_period(since, until, MOST_DAYS)):
            self.add_error("until", wrong)
        return values

    def period(self) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first moment after the last."""
        return start_of(self.cleaned_data["since"]), start_of(self.cleaned_data["until"] + timedelta(days=1))


class ExportForm(PeriodForm):
    FORMATS = (
        (
            "sealed",
            "検証用（署名つき、検証プログラムで確かめられる。束ごとに入るため、期間の直後の記録を含むことがある）",
        ),
        ("ocsf", "JSON Lines（OCSF の項目名）"),
        ("csv", "CSV（表計算ソフト用）"),
    )
    form = forms.ChoiceField(label="形式", choices=FORMATS)


class DisclosureForm(PeriodForm):
    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    id = forms.CharField(max_length=80, widget=forms.HiddenInput)


class ReceiverForm(Form):
    """The prefecture's log server. A key once given is not shown again; left empty it stays."""

    host = forms.CharField(label="受取先の名前", max_length=200)
    port = forms.IntegerField(label="ポート番号", min_value=1, max_value=65_535, initial=6514)
    authority = forms.CharField(
        label="受取先の証明書を発行した認証局の証明書（PEM）",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
    )
    certificate = forms.CharField(
        label="こちらの証明書（PEM、求められたときだけ）",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
    )
    key = forms.CharField(
        label="こちらの秘密鍵（PEM、入力したときだけ替わります）",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        max_length=20_000,
    )
    sends_events = forms.BooleanField(label="署名のほかに、記録も一件ずつ送る", required=False)
    is_active = forms.BooleanField(label="送る", required=False, initial=True)

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if not is_allowed_host(host):
            raise forms.ValidationError(
                "この受取先は、基盤の設定で許されていません。運用者に受取先の名前を伝えて、許可を受けてください。"
            )
        return host

    def clean_authority(self) -> str:
        return self._certificate("authority")

    def clean_certificate(self) -> str:
        return self._certificate("certificate") if self.cleaned_data["certificate"] else ""

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        if key:
            try:
                load_pem_private_key(key.encode(), password=None)
            except (ValueError, TypeError):
                raise forms.ValidationError("秘密鍵を読めません。パスワードのない PEM 形式にしてください。") from None
        return key

    def _certificate(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            x509.load_pem_x509_certificates(text.encode())
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
        except (ValueError, ssl.SSLError):
            raise forms.ValidationError(
                "証明書を読めません。「-----BEGIN CERTIFICATE-----」で始まる PEM 形式にしてください。"
            ) from None
        return text


class RequestForm(Form):
    kind = forms.ChoiceField(label="種類", choices=TrailRequest.Kind.choices)
    received_on = JapaneseDateField(label="受付日", error_messages={"required": "受け付けた日を入力してください。"})
    text = FreeTextField(
        label="請求・問合せの内容",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "内容を入力してください。"},
    )
    subject_kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    subject_id = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("受付日が今日より後です。受け付けた日を入力してください。")
        return day


class AnswerForm(Form):
    decision = forms.ChoiceField(label="決定", choices=TrailRequest.Decision.choices)
    answer = FreeTextField(
        label="回答の内容と理由",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "回答の内容と理由を入力してください。"},
    )
