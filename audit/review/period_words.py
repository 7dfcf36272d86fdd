"""Two days that were typed as a period: what is wrong with them, and which day is expected where."""

from __future__ import annotations

from datetime import date, timedelta

from web.dates import to_wareki


def why_no_period(since: date, until: date, most_days: int | None = None) -> str:
    """For the field 「いつまで」, both days inclusive; "" when they are a period of at most `most_days`."""
    if until < since:
        return (
            f"「いつまで」（{to_wareki(until)}）が「いつから」（{to_wareki(since)}）より前です。"
            f"「いつまで」に、{to_wareki(since)}か、それより後の日を入力してください。"
        )
    if most_days is None or (days := (until - since).days + 1) <= most_days:
        return ""
    return (
        f"期間が{days}日あります。一度に出せるのは{most_days}日分までです。"
        f"「いつまで」に、{to_wareki(since + timedelta(days=most_days - 1))}か、それより前の日を入力してください。"
    )
