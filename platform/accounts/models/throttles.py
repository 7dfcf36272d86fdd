"""What was guessed wrong lately. The rules stand in `accounts.throttle`; these rows are its memory."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.throttle import Failures, Guess, recent


class LoginThrottle(models.Model):
    """Failures in a row on one (purpose, account, terminal). The key is a keyed hash: what was typed as 職員ID may be anything."""

    key = models.CharField("鍵", max_length=64, unique=True)
    count = models.PositiveIntegerField("失敗の数", default=0)
    last_failure = models.DateTimeField("最後の失敗", null=True, blank=True)

    class Meta:
        verbose_name = "ログイン失敗"

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"

    @property
    def failures(self) -> Failures:
        return Failures(self.count, self.last_failure)

    def keep(self, failures: Failures) -> None:
        self.count, self.last_failure = failures.count, failures.last
        self.save(update_fields=["count", "last_failure"])


class GuessLedger(models.Model):
    """Wrong one-time passwords of one person within the last 24 hours, over all devices and all pages.

    A right one does not erase them: an attacker who knows the password must not gain by the owner's own log-ins.
    Its row is also the lock under which one-time passwords of a person are tried one after the other.
    """

    user = models.OneToOneField(
        "accounts.User", verbose_name="利用者", on_delete=models.CASCADE, related_name="guess_ledger"
    )
    entries = models.JSONField("誤り", default=list)

    class Meta:
        verbose_name = "ワンタイムパスワードの誤り"

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def guesses(self) -> list[Guess]:
        return [Guess(datetime.fromisoformat(at), codes) for at, codes in self.entries]

    def add(self, guess: Guess) -> None:
        kept = [*recent(self.guesses, guess.at), guess]
        self.entries = [[one.at.isoformat(), one.codes] for one in kept]
        self.save(update_fields=["entries"])
