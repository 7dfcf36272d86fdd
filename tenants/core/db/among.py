"""Many keys as one parameter: a list of thousands as single parameters costs more than the query itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Lookup


class Among(Lookup[Any]):
    """`column = ANY(array)`, to be given to `filter()`: whole numbers that a column of this model, or of a joined one, may have."""

    prepare_rhs = False

    def __init__(self, column: str, keys: Iterable[int]) -> None:
        super().__init__(F(column), list(keys))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*parameters, self.rhs)
