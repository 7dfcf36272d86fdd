"""Why a number is not shown or a file of numbers not taken. Texts never hold a number."""

from __future__ import annotations

from typing import ClassVar


class VaultError(Exception):
    """The message is shown to the person."""

    identifier: ClassVar[str] = "vault.refused"


class ReasonMissing(VaultError):
    """`vault.reason-missing`: no 事務コード of the list, or no case."""

    identifier = "vault.reason-missing"

    def __init__(self) -> None:
        super().__init__(
            "番号を使う理由がそろっていません。事務コードを一覧から選び、案件番号または理由（10文字以上）を入力してください。"
        )


class NotAllowed(VaultError):
    """`vault.not-allowed`: whoever asks is no 個人番号取扱者 in force."""

    identifier = "vault.not-allowed"

    def __init__(self) -> None:
        super().__init__("番号を扱えるのは、研修を受けた個人番号取扱者だけです。所属の管理者に相談してください。")


class FactorTooNew(VaultError):
    """`vault.factor-too-new`: an activation code was issued or the authenticator changed within the last 24 hours."""

    identifier = "vault.factor-too-new"

    def __init__(self) -> None:
        super().__init__(
            "利用開始コードの発行または認証器の変更から24時間は、番号を開けません。"
            "急ぐときは、ほかの個人番号取扱者に依頼してください（止まった処理は、その人が「再開」を押すと続きます）。"
        )


class AskerMayNot(VaultError):
    """`vault.asker-may-not`: a job would open numbers for somebody who has left, or may not exchange them any more."""

    identifier = "vault.asker-may-not"

    def __init__(self) -> None:
        super().__init__(
            "この処理を行う人は、利用が終わったか、統合宛名との送受信を行う権限がなくなっています。番号は開いていません。"
            "権限のある人が「再開」を押すと、その人の処理として続きから行います。"
        )


class ShownEnough(VaultError):
    """`vault.shown-enough`: the numbers of 20 people were shown since the one-time password was last checked."""

    identifier = "vault.shown-enough"

    def __init__(self) -> None:
        super().__init__(
            "前回の再認証から20人の番号を表示しました。続けるには、ワンタイムパスワードを入力し直してください。"
        )


class NotHeld(VaultError):
    """`vault.not-held`: no such number of this person is held."""

    identifier = "vault.not-held"

    def __init__(self) -> None:
        super().__init__("この人の番号は登録されていません。番号受入の画面から封緘ファイルを登録してください。")


class HeldByAnother(VaultError):
    """`vault.held-by-another`: the number to be stored belongs to another person already. Names neither."""

    identifier = "vault.held-by-another"

    def __init__(self) -> None:
        super().__init__(
            "同じ番号が別の人に登録されているため、登録しませんでした。情報セキュリティ管理者に連絡してください。"
        )


class DepositKeyMissing(VaultError):
    """`vault.deposit-key-missing`: no key for the schools' sealed files is set."""

    identifier = "vault.deposit-key-missing"

    def __init__(self) -> None:
        super().__init__("番号受入の鍵が設定されていません。情報システムの担当者に鍵の登録を依頼してください。")


class DepositLost(VaultError):
    """`vault.deposit-lost`: the stored sealed file is missing or not the one that was handed in."""

    identifier = "vault.deposit-lost"

    def __init__(self) -> None:
        super().__init__("保存した番号ファイルが見つからないか、受け取ったものと違います。もう一度登録してください。")


class NumbersNotHeldHere(VaultError):
    """`vault.not-held-here`: the prefecture's holding mode is "never"."""

    identifier = "vault.not-held-here"

    def __init__(self) -> None:
        super().__init__(
            "この団体は個人番号を保有しない設定です。番号は登録できません。統合宛名の端末など、団体で定めた方法で扱ってください。"
        )


class ModeRefused(VaultError):
    """`vault.mode-refused`: numbers are held that the wished mode forbids."""

    identifier = "vault.mode-refused"

    def __init__(self, mode: str) -> None:
        super().__init__(
            f"保有形態を「{mode}」に変えられません。この形態では保有できない番号または封緘ファイルが残っています。"
            "廃棄または受入を終えてから、もう一度変更してください。"
        )


class NothingToChange(VaultError):
    """`vault.nothing-to-change`: the proposed rules are those in force."""

    identifier = "vault.nothing-to-change"

    def __init__(self) -> None:
        super().__init__("いまの決まりと同じです。変える項目を直してから、起案してください。")


class ChangeWaits(VaultError):
    """`vault.change-waits`: another change of the rules waits for approval."""

    identifier = "vault.change-waits"

    def __init__(self) -> None:
        super().__init__("承認待ちの変更があります。承認を受けるか取り消してから、起案してください。")


class RotationRunning(VaultError):
    """`vault.rotation-running`: the key is being changed already."""

    identifier = "vault.rotation-running"

    def __init__(self) -> None:
        super().__init__("この鍵の更新は実行中です。旧鍵の廃棄が終わってから、もう一度始めてください。")


class ListMissing(VaultError):
    """`vault.list-missing`: no approved, unexpired list for this job covers the people."""

    identifier = "vault.list-missing"

    def __init__(self) -> None:
        super().__init__(
            "番号を使う対象者の一覧が承認されていません（期限切れ、別の処理で利用済み、または一覧にない人が含まれています）。"
            "「番号の管理」で一覧を作り、承認を受けてから、処理を再開してください。"
        )


class WrongState(VaultError):
    """`vault.wrong-state`: somebody has approved, withdrawn or finished it meanwhile."""

    identifier = "vault.wrong-state"

    def __init__(self, state: str) -> None:
        super().__init__(f"いまの状態は「{state}」のため、この操作はできません。画面を開き直してください。")


class NothingToDo(VaultError):
    """`vault.nothing-to-do`: nobody or nothing is concerned."""

    identifier = "vault.nothing-to-do"

    def __init__(self) -> None:
        super().__init__("対象になる番号はありません。")


class OpenAlready(VaultError):
    """`vault.open-already`: a disposal of the same rule waits for approval or is under way."""

    identifier = "vault.open-already"

    def __init__(self) -> None:
        super().__init__("同じ規則の廃棄が承認待ちか廃棄中です。それを終えるか取り消してから、起案してください。")


class DisposalOutdated(VaultError):
    """`vault.disposal-outdated`: somebody on the list is needed again."""

    identifier = "vault.disposal-outdated"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"起案のあとに対象でなくなった番号が{count}件あります（転入、番号の変更など）。取り消して、起案し直してください。"
        )


class ChangeRefused(VaultError):
    """`vault.change-refused`: a change of number that cannot be right. The message says why."""

    identifier = "vault.change-refused"
