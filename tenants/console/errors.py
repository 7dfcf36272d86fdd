"""What the console refuses."""

from __future__ import annotations


class RequestRefused(ValueError):
    """`console.request-refused`: the new prefecture's data cannot be taken; the message says which and how to mend it.

    `field` names the entry of the form that is wrong, or is empty.
    """

    identifier = "console.request-refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
