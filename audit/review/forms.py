"""What people write in the loop of an alert, and in the calendar."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import JapaneseDateField
from accounts.models import User
from audit.detection.bearing import bears
from audit.review.models import Alert
from audit.review.texts import LONGEST, LONGEST_FINDING
from web.fields import FreeTextField
from web.forms import Form
from web.moments import start_of
from web.text import normalise_digits

_CLOCK = re.compile(r"([0-9]{1,2})[:時]([0-9]{1,2})分?", re.ASCII)


def _long_text(label: str, *, required: bool, rows: int, help_text: str = "") -> FreeTextField:
    widget = forms.Textarea(attrs={"rows": rows})
    return FreeTextField(label=label, required=required, max_length=LONGEST, widget=widget, help_text=help_text)


class NoteForm(Form):
    text = _long_text("所見・連絡事項", required=False, rows=3)


class AskForm(Form):
    text = _long_text("照会文", required=True, rows=6, help_text="本人の画面にこのまま出ます。")


class JudgeForm(Form):
    verdict = forms.ChoiceField(label="判定", choices=Alert.Verdict.choices, widget=forms.RadioSelect)
    quiet_until = JapaneseDateField(
        label="この日まで同じ警報を出さない",
        required=False,
        help_text="「正当・臨時」のときだけ。二人目が承認すると、この人（団体全体の警報では、団体全体）について、この規則の警報を出さない最後の日です。",
    )
    text = _long_text("判定の理由", required=True, rows=4)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("quiet_until") and values.get("verdict") != Alert.Verdict.ONCE:
            self.add_error("quiet_until", "この日付は「正当・臨時」と判定するときだけ書けます。")
        return values


class ReopenForm(Form):
    text = _long_text("見直しの理由", required=True, rows=3)


class AnswerForm(Form):
    was_me = forms.ChoiceField(
        label="あなたが行った操作ですか",
        choices=[("yes", "はい、私の操作です"), ("no", "いいえ、私ではありません（覚えがない）")],
        widget=forms.RadioSelect,
    )
    reason = _long_text(
        "何のための操作でしたか",
        required=True,
        rows=5,
        help_text="10文字以上で、業務の内容とその理由を書いてください。覚えがないときは、気づいたことを書いてください。",
    )


class ReportForm(Form):
    on = JapaneseDateField(label="報告した日")
    text = _long_text("報告の内容と受付番号など", required=True, rows=4)


class PurposeForm(Form):
    malicious = forms.ChoiceField(
        label="不正の目的によるおそれ",
        choices=[("yes", "ある（確報は60日以内）"), ("no", "ない（確報は30日以内）")],
        widget=forms.RadioSelect,
    )
    text = _long_text("そう考える理由", required=True, rows=3)


class ReasonForm(Form):
    text = _long_text("報告の対象でないと考える理由", required=True, rows=4)


class FindingForm(Form):
    finding = FreeTextField(
        label="所見",
        max_length=LONGEST_FINDING,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="何を確かめ、何が分かり、何をするかを書いてください。署名の後は変えられません。",
    )


class ThresholdForm(Form):
    """An empty value gives the standard back."""

    value = forms.FloatField(label="団体のしきい値", required=False, help_text="空欄にすると標準の値に戻します。")


EVERYBODY = "全員（申請・承認した人を除く）"


class ExceptionForm(Form):
    username = forms.ChoiceField(label="だれについて", required=False)
    until = JapaneseDateField(label="いつまで（この日の終わりまで）")
    words = FreeTextField(
        label="定型の理由（この文言だけを認めるとき）",
        required=False,
        max_length=100,
        help_text="番号の表示で使う案件・理由の文言。空白や記号の違いは問いません。空欄なら、この規則の警報をすべて出しません。",
    )
    reason = FreeTextField(label="理由", max_length=200)

    def __init__(self, user: User, rule_id: str, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        others = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("username")
        first = ("", EVERYBODY if bears(rule_id, "") else "選んでください")
        choices = [first, *((one.username, str(one)) for one in others)]
        self.fields["username"] = forms.ChoiceField(
            label="だれについて", required=not bears(rule_id, ""), choices=choices
        )

    def person(self) -> User | None:
        """The form must be valid."""
        return User.objects.filter(username=self.cleaned_data["username"]).first()

    def ends(self) -> datetime:
        """The form must be valid."""
        return end_of(self.cleaned_data["until"])


class ClockField(forms.CharField):
    """21:00, 9時30分; wide digits too. Gives a datetime.time."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "21:00", "size": 8})
        super().__init__(max_length=10, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = normalise_digits(str(super().clean(value))).replace("：", ":").strip()
        found = _CLOCK.fullmatch(text)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return time(int(found[1]), int(found[2]))
        raise ValidationError("時刻は 21:00 のように0:00〜23:59で入力してください。")

    def prepare_value(self, value: Any) -> Any:
        return f"{value.hour}:{value.minute:02}" if isinstance(value, time) else value


class HoursForm(Form):
    opens_at = ClockField(label="開始時刻")
    closes_at = ClockField(label="終了時刻", help_text="24時まで使うときは 0:00 と入力します。")


class DayOffForm(Form):
    day = JapaneseDateField(label="休業日")
    name = FreeTextField(label="名称", max_length=40)


class OvertimeForm(Form):
    username = forms.ChoiceField(label="届ける職員")
    starts_on = JapaneseDateField(label="開始日")
    starts_at = ClockField(label="開始時刻")
    ends_on = JapaneseDateField(label="終了日")
    ends_at = ClockField(label="終了時刻")
    reason = FreeTextField(label="理由", max_length=200)

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        others = User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("username")
        choices = [(one.username, str(one)) for one in others]
        self.fields["username"] = forms.ChoiceField(
            label="届ける職員",
            choices=[("", "選んでください"), *choices],
            help_text="自分の届は、別の人に頼んでください。",
        )

    def starts(self) -> datetime:
        """The form must be valid."""
        return _moment(self.cleaned_data["starts_on"], self.cleaned_data["starts_at"])

    def ends(self) -> datetime:
        return _moment(self.cleaned_data["ends_on"], self.cleaned_data["ends_at"])


def end_of(day: Any) -> datetime:
    """The end of a day: midnight after it."""
    return start_of(day + timedelta(days=1))


def _moment(day: Any, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
