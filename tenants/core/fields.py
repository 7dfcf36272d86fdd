"""Columns of bytes."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class BytesField(models.BinaryField[Any, Any]):
    """Django's own, except that many rows go out as one array a column, like any other.

    Django writes a placeholder for each value of a field that has `get_placeholder`, which MySQL needs of bytes; for thousands
    of rows that is most of the work of adding them. Migrations hold what it is in the database.
    """

    @property
    def get_placeholder(self) -> NoReturn:
        raise AttributeError

    def deconstruct(self) -> Any:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.BinaryField", arguments, options
