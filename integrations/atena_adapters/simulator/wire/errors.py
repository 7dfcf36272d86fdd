"""What cannot be read."""


class Unreadable(Exception):
    """The whole file is refused.  The text is Japanese, for the receipt."""


class BadValue(Exception):
    """One line is refused.  The text is Japanese, for the receipt; it never holds the value."""
