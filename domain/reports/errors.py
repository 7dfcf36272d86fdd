"""Refusals of this room. Each has a stable id and a Japanese message: what, where, what to do."""

from __future__ import annotations

from typing import ClassVar


class ReportError(Exception):
    """A file that cannot be made or given. The message is shown to the person."""

    identifier: ClassVar[str] = "reports.refused"


class NotReleased(ReportError):
    """`reports.not-released`: slips and the transfer file say what is paid, so the round must be released first."""

    identifier = "reports.not-released"

    def __init__(self, title: str, state: str) -> None:
        super().__init__(
            f"「{title}」は「{state}」のため、支給明細書・支給額の計算書・振込データを作れません。支給を確定してから作成してください。"
        )


class NothingNew(ReportError):
    """`reports.nothing-new`: every decided household of the school has its notice."""

    identifier = "reports.nothing-new"

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}、決定通知書をまだ作っていない決定はありません。作り直すときは「全員分を作り直す」を選んでください。"
        )


class ContentChanged(ReportError):
    """`reports.content-changed`: records changed between the parts of one print."""

    identifier = "reports.content-changed"

    def __init__(self) -> None:
        super().__init__(
            "作成の途中で元の記録が変わったため、作成を止めました。"
            "できている分冊は変わる前の内容です。もう一度「作成する」を押すと、今の内容で全部を作り直します。"
        )


class TransferFileDiffers(ReportError):
    """`reports.transfer-file-differs`: the bytes, read back, are not what was approved. Nothing was written."""

    identifier = "reports.transfer-file-differs"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"振込データを読み直したところ、{what}が承認された支給と一致しないため、ファイルを作りませんでした。"
            "支払わずに、運用者に連絡してください。"
        )


class FileLost(ReportError):
    """`reports.file-lost`: the stored file is missing or not the one that was made."""

    identifier = "reports.file-lost"

    def __init__(self) -> None:
        super().__init__(
            "保存したファイルが見つからないか、作成したときと内容が違うため、渡せません。"
            "同じ帳票をもう一度作成し、運用者に知らせてください。"
        )


class NotDecided(ReportError):
    """`reports.not-decided`: a 決定の計算書 is of a decision."""

    identifier = "reports.not-decided"

    def __init__(self) -> None:
        super().__init__(
            "この世帯の支弁区分はまだ決定していないため、決定の計算書を作れません。決定の後に作成してください。"
        )


class WordingRefused(ReportError):
    """`reports.wording-refused`: a 文面 that cannot be proposed, approved or withdrawn as things stand."""

    identifier = "reports.wording-refused"
