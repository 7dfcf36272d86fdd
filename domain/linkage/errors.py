"""What can go wrong with the link, in words for people. Each class has a stable id."""

from __future__ import annotations

from jobs.errors import RetryLater


class LinkageError(Exception):
    """Base of this package's own errors; the text is Japanese and holds no name and no number."""

    identifier = "linkage.error"


class ConfigurationRefused(LinkageError):
    """`linkage.configuration`: a configuration cannot be put in force."""

    identifier = "linkage.configuration"

    def __init__(self, problems: str) -> None:
        super().__init__(f"宛名接続の設定を有効にできません。{problems}")


class NoConfiguration(LinkageError):
    """`linkage.no-configuration`: nothing is in force, so nothing can be sent."""

    identifier = "linkage.no-configuration"

    def __init__(self) -> None:
        super().__init__(
            "宛名接続の設定がまだ有効になっていません。運用者に、コンソールで設定を有効にするよう頼んでください。"
        )


class ExchangeStopped(LinkageError):
    """`linkage.exchange-stopped`: trying again will not help until somebody changes something."""

    identifier = "linkage.exchange-stopped"

    def __init__(self, message: str) -> None:
        super().__init__(
            f"統合宛名とのやりとりを止めました。{message}"
            "送れなかった分は失われていません。直した後に、もう一度実行してください。"
        )


class OtherSideAway(RetryLater):
    """`linkage.other-side-away`: the other side does not answer now; the job tries again by itself, at the end by 再開."""

    identifier = "linkage.other-side-away"

    def __init__(self, message: str) -> None:
        super().__init__(f"通信エラー（再送可）。{message}送れていない分は失われていません。")


class SettlementRefused(LinkageError):
    """`linkage.settlement-refused`: the inquiry's state does not allow this settlement."""

    identifier = "linkage.settlement-refused"


class StillWaiting(LinkageError):
    """`linkage.still-waiting`: the batch was answered meanwhile, or it is with the present vendor and its time is not over yet."""

    identifier = "linkage.still-waiting"

    def __init__(self) -> None:
        super().__init__("この送受信は、回答が届いたか、いまの接続先でまだ期限の前です。画面を開き直してください。")


class TargetsRefused(LinkageError):
    """`linkage.targets-refused`: the list cannot be proposed, approved or withdrawn as it is."""

    identifier = "linkage.targets-refused"


class ItemRefused(LinkageError):
    """`linkage.item-refused`: the rule of an item, or a consent, cannot be recorded so."""

    identifier = "linkage.item-refused"


class PersonRefused(LinkageError):
    """`linkage.person-refused`: what was to be recorded of a person does not fit where they stand."""

    identifier = "linkage.person-refused"
