"""Errors of the link.  Every class has a stable id; every text is Japanese and free of numbers and names."""

from __future__ import annotations


class AtenaError(Exception):
    """Something about the link as a whole.  What happened to one line is an outcome, not an exception.

    `nothing_left`: it is certain that nothing of what was to be sent left here; else the other side may have it.
    """

    code = "atena.error"

    def __init__(self, message: str, *, retryable: bool = False, nothing_left: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable
        self.nothing_left = nothing_left


class ConfigurationInvalid(AtenaError):
    """The configuration cannot work: a name is unknown, a secret is missing."""

    code = "atena.configuration"


class BatchInvalid(AtenaError):
    """The caller's batch breaks a rule: too many lines, the same line twice, operator data missing."""

    code = "atena.batch_invalid"


class BatchAltered(AtenaError):
    """A batch that may be with the other side would go out with other bytes under the same id. Raised by keepers; nothing is sent."""

    code = "atena.batch_altered"

    def __init__(self) -> None:
        super().__init__(
            "途中で番号か対象者が変わったため、この通番では送り直しません。残りの人は新しい通番で送ります。"
        )


class CommunicationError(AtenaError):
    """The other side could not be reached, or did not take what was sent."""

    code = "atena.communication"


class OutOfHours(CommunicationError):
    """The other side does not take requests at this hour; nothing was sent.  Submitting the same batch later is the remedy."""

    code = "atena.out_of_hours"

    def __init__(self) -> None:
        super().__init__("統合宛名側の受付時間外です。受付時間に送ります。", retryable=True, nothing_left=True)


class AuthenticationRefused(CommunicationError):
    """The other side does not accept the credentials."""

    code = "atena.authentication"


class BatchUnknown(CommunicationError):
    """The other side does not know this batch.  Submitting the same batch again is safe and is the remedy."""

    code = "atena.batch_unknown"


class AnswerUnreadable(AtenaError):
    """A whole file cannot be used: cut short, altered, another layout or character set.  None of its lines counts.

    `line` (from 1) and `offset` (bytes, from 0) tell where, where that is known.  `payload`: the bytes of a delivery that its transport
    does not hand over (at most what a transport reads), so that they are kept all the same; never part of a text.
    """

    code = "atena.answer_unreadable"

    def __init__(self, message: str, *, line: int = 0, offset: int = 0, payload: bytes = b"") -> None:
        super().__init__(message)
        self.line = line
        self.offset = offset
        self.payload = payload
