"""Why a sealed file could not be opened.  Texts are Japanese, say what to do, and never quote content."""

from __future__ import annotations


class SealedFileError(Exception):
    """Base; `code` is stable."""

    code = "sealed.error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSealed(SealedFileError):
    """Not a sealed file, or of a version this product does not know."""

    code = "sealed.not_sealed"


class WrongKey(SealedFileError):
    """Sealed with another key."""

    code = "sealed.wrong_key"


class WrongPlace(SealedFileError):
    """Sealed for another prefecture or for another purpose."""

    code = "sealed.wrong_place"


class Altered(SealedFileError):
    """Changed after sealing."""

    code = "sealed.altered"


class Truncated(SealedFileError):
    """Cut short."""

    code = "sealed.truncated"


class KeyFileInvalid(SealedFileError):
    """A key file that is missing, malformed or open to others."""

    code = "sealed.key_file"
