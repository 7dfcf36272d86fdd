"""Who answers when, what may be asked, and who is named as asking."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import Field, model_validator

from integrations.atena_adapters.config.entries import Group, Settings, entry
from integrations.atena_adapters.config.templates import JAPAN
from integrations.atena_adapters.requests import InquiryKind, Operator, RequestKind

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Weekday = Literal["月", "火", "水", "木", "金", "土", "日"]
WEEKDAYS: tuple[Weekday, ...] = ("月", "火", "水", "木", "金", "土", "日")

OPERATOR_TITLES = {"staff_number": "職員番号", "organisation_number": "組織番号", "approval_number": "決裁番号"}


class Workflow(Settings):
    """手順 and 職員情報."""

    registration_answer: Literal["in_call", "later"] = entry(
        Group.PROCEDURE,
        "付番結果の受け取り",
        "付番の結果がいつ届くかです。",
        "later",
        words={"in_call": "その場で", "later": "後から取りに行く"},
    )
    inquiry_answer: Literal["in_call", "later"] = entry(
        Group.PROCEDURE,
        "照会結果の受け取り",
        "照会の結果がいつ届くかです。",
        "later",
        words={"in_call": "その場で", "later": "後から取りに行く"},
    )
    registers: bool = entry(
        Group.PROCEDURE, "付番依頼を送る", "外すと、付番は統合宛名側の職員が行うものとして扱います。", True
    )
    updates: bool = entry(
        Group.PROCEDURE, "異動・廃止を送る", "外すと、異動と廃止は統合宛名側の職員が行うものとして扱います。", True
    )
    checks_linkage: bool = entry(
        Group.PROCEDURE,
        "符号の取得を確認する",
        "外すと、付番済になった人はそのまま照会できるものとして扱います。人が運ぶ接続では、確認のたびに運ぶ手間がかかります。",
        True,
    )
    provides: bool = entry(
        Group.PROCEDURE, "副本を送る", "外すと、副本の登録は中間サーバーの端末で行うものとして扱います。", True
    )
    lists: bool = entry(
        Group.PROCEDURE,
        "保留の照会と情報提供等記録を受け取る",
        "外すと、保留された照会への回答と記録の確認は中間サーバーの端末で行うものとして扱います。",
        False,
    )
    lists_from: Day = entry(
        Group.PROCEDURE,
        "記録を受け取り始める日",
        "利用を始めた日（例: 2025-04-01）。この日からの情報提供等記録を、期間を区切って受け取ります。空欄なら最初の受け取りの60日前から。",
        "",
    )
    act_answer: Literal["in_call", "later"] = entry(
        Group.PROCEDURE,
        "異動・廃止・副本登録・一覧の結果の受け取り",
        "異動、廃止、副本の登録、保留の照会と記録の一覧、照会への回答の結果がいつ届くかです。",
        "later",
        words={"in_call": "その場で", "later": "後から取りに行く"},
    )
    open_from: ClockTime = entry(
        Group.PROCEDURE, "受付の開始時刻", "日本時間。24時間受け付けるなら、開始も終了も 00:00 とします。", "00:00"
    )
    open_until: ClockTime = entry(Group.PROCEDURE, "受付の終了時刻", "この時刻からは送らずに待ちます。", "00:00")
    open_weekdays: tuple[Weekday, ...] = entry(
        Group.PROCEDURE,
        "受け付ける曜日",
        "祝日と臨時の停止は相手の応答で分かります。",
        WEEKDAYS,
        words={day: day for day in WEEKDAYS},
    )
    inquiry_kinds: tuple[InquiryKind, ...] = entry(
        Group.PROCEDURE,
        "照会できる情報",
        "法令の根拠がある情報だけを選びます。停止の通知があれば外します。",
        tuple(InquiryKind),
        words={"resident": "住民票関係情報", "tax": "地方税関係情報", "welfare": "生活保護実施関係情報"},
    )
    batch_limit: int = entry(Group.PROCEDURE, "1回に送れる件数", "これを超える送信は分けます。", 1000, ge=1, le=100_000)
    poll_seconds: float = entry(
        Group.PROCEDURE, "回答を見に行く間隔(秒)", "回答待ちのとき、次に見るまでの目安です。", 60.0, gt=0, le=86_400
    )
    expire_hours: int = entry(
        Group.PROCEDURE,
        "回答を待つ時間(時間)",
        "過ぎても届かない照会は期限切れとし、届けば取り込みます。0なら待ち続け、3日で担当者に知らせます。",
        0,
        ge=0,
        le=2400,
    )
    duty_code: str = entry(Group.PROCEDURE, "事務コード", "統合宛名側の値。サンプルの値は仮です。", "")
    procedure_code: str = entry(Group.PROCEDURE, "事務手続コード", "統合宛名側の値。サンプルの値は仮です。", "")
    layout_version: str = entry(Group.PROCEDURE, "版番号", "書式の版。統合宛名側の仕様書の値です。", "")
    operator_source: Literal["person", "fixed", "none"] = entry(
        Group.STAFF,
        "職員情報の出どころ",
        "依頼に載せる職員番号などの出どころです。",
        "none",
        words={"person": "操作した人の番号", "fixed": "下の決まった番号(教委がまとめて行うとき)", "none": "送らない"},
    )
    required_operator: tuple[Literal["staff_number", "organisation_number", "approval_number"], ...] = entry(
        Group.STAFF, "必ず送る職員情報", "欠けていれば送信せずに知らせます。", (), words=OPERATOR_TITLES
    )
    fixed_staff_number: str = entry(Group.STAFF, "決まった職員番号", "出どころが「決まった番号」のときに使います。", "")
    fixed_organisation_number: str = entry(
        Group.STAFF, "決まった組織番号", "出どころが「決まった番号」のときに使います。", ""
    )

    @model_validator(mode="after")
    def _sound(self) -> Workflow:
        if not self.inquiry_kinds:
            raise ValueError("照会できる情報を一つは選んでください。")
        if not self.open_weekdays:
            raise ValueError("受け付ける曜日を一つは選んでください。")
        if self.operator_source == "none" and self.required_operator:
            raise ValueError("職員情報を必ず送るなら、職員情報の出どころを person か fixed にしてください。")
        try:
            self.records_since()
        except ValueError:
            raise ValueError("記録を受け取り始める日は、暦にある日を 2025-04-01 の形で入力してください。") from None
        return self

    def records_since(self) -> date | None:
        """The day from which 情報提供等記録 are fetched; None: from the first fetch on."""
        return date.fromisoformat(self.lists_from) if self.lists_from else None

    def is_open(self, moment: datetime) -> bool:
        """Whether the other side takes requests at a moment (timezone aware); hours may run past midnight."""
        here = moment.astimezone(JAPAN)
        if WEEKDAYS[here.weekday()] not in self.open_weekdays:
            return False
        start, end, now = time.fromisoformat(self.open_from), time.fromisoformat(self.open_until), here.time()
        if start == end:
            return True
        return start <= now < end if start < end else now >= start or now < end

    def answers_in_call(self, kind: RequestKind) -> bool:
        """Whether the answer to a kind of request comes within the sending."""
        if kind is RequestKind.INQUIRY:
            return self.inquiry_answer == "in_call"
        registering = kind in (RequestKind.REGISTRATION, RequestKind.LINKAGE)
        return (self.registration_answer if registering else self.act_answer) == "in_call"

    def operator_for(self, given: Operator) -> Operator:
        """Who is named as asking; the approval number is always that of the submission."""
        if self.operator_source == "none":
            return Operator()
        if self.operator_source == "fixed":
            return Operator(self.fixed_staff_number, self.fixed_organisation_number, given.approval_number)
        return given

    def fixed_operator(self) -> Operator:
        """The configured operator."""
        return Operator(self.fixed_staff_number, self.fixed_organisation_number)

    def missing_operator_items(self, operator: Operator) -> list[str]:
        """Japanese titles of required items that are empty."""
        return [OPERATOR_TITLES[name] for name in self.required_operator if not getattr(operator, name)]
