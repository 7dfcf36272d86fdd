"""What can go wrong where people carry or key, in words for them. Each class has a stable id; no name and no number in any text."""

from __future__ import annotations


class HandoverError(Exception):
    """Base of this package's own errors; the text is Japanese and says what to do."""

    identifier = "handover.refused"


class NotThisLink(HandoverError):
    """`handover.not-this-link`: the link in force is not carried by a medium, or not keyed by hand."""

    identifier = "handover.not-this-link"

    def __init__(self) -> None:
        super().__init__("いまの宛名接続は、この受渡しを使いません。")


class PlaceUnreadable(HandoverError):
    """`handover.place`: the place of the files cannot be read, or was sealed with another key."""

    identifier = "handover.place"

    def __init__(self) -> None:
        super().__init__("受渡しの置き場を読めません。置き場と共有の鍵を、運用者に確かめてもらってください。")


class AlreadyProposed(HandoverError):
    """`handover.already-proposed`: an act of this kind waits for its second person."""

    identifier = "handover.already-proposed"

    def __init__(self) -> None:
        super().__init__("同じ手続が確認待ちです。二人目の確認を受けるか、取りやめてから申請してください。")


class NothingToDo(HandoverError):
    """`handover.nothing`: no file is concerned."""

    identifier = "handover.nothing"

    def __init__(self) -> None:
        super().__init__("対象のファイルがありません。一覧を開き直して確かめてください。")


class NoLongerProposed(HandoverError):
    """`handover.no-longer-proposed`: done or withdrawn in the meantime."""

    identifier = "handover.no-longer-proposed"

    def __init__(self) -> None:
        super().__init__("この手続は、すでに実施したか取りやめています。")


class ChangedMeanwhile(HandoverError):
    """`handover.changed`: what was approved is no longer what waits."""

    identifier = "handover.changed"

    def __init__(self) -> None:
        super().__init__("申請のあとに、待っているファイルの中身が変わりました。取りやめて、もう一度申請してください。")


class AlreadyNumbered(HandoverError):
    """`handover.already-numbered`: a confirmation was cut off after packages got their numbers."""

    identifier = "handover.already-numbered"

    def __init__(self) -> None:
        super().__init__("途中で切れた確認があり、持ち出しの番号が付いています。取りやめず、もう一度確認してください。")


class FileGone(HandoverError):
    """`handover.file-gone`: the other side confirmed the package, so nothing of it is kept here."""

    identifier = "handover.file-gone"

    def __init__(self) -> None:
        super().__init__("この持ち出しファイルはもうありません。相手が受領したファイルは、手元から消しています。")


class EntryRefused(HandoverError):
    """`handover.entry-refused`: an entry from a work sheet that cannot be taken."""

    identifier = "handover.entry-refused"


class SheetGone(HandoverError):
    """`handover.sheet-gone`: the sheet was agreed and its answers taken in, or made anew."""

    identifier = "handover.sheet-gone"

    def __init__(self) -> None:
        super().__init__("この作業票はもうありません。一覧を開き直して確かめてください。")


class CopyLost(HandoverError):
    """`handover.copy-lost`: the sealed file of an attached copy is gone or was altered."""

    identifier = "handover.copy-lost"

    def __init__(self) -> None:
        super().__init__(
            "証拠書類の写しを読めません。保存先から失われたか、変えられています。運用者に知らせてください。"
        )
