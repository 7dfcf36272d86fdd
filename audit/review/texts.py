"""What people write in the loop: long enough to explain, short enough to read, and never a number."""

from __future__ import annotations

from audit.review.errors import TextUnfit
from audit.trail.screening import NumberInTrail, refuse_numbers
from web.text import letters_in

SHORTEST = 10
"""Letters of an answer, a question or a finding: a reason of one word explains nothing to the one who reads it in a year."""

LONGEST = 800
LONGEST_FINDING = 4000


def require_length(text: str, what: str) -> None:
    """Letters alone count: dots and what nobody sees explain nothing. Raises TextUnfit."""
    if letters_in(text) < SHORTEST:
        raise TextUnfit(
            f"{what}は{SHORTEST}文字以上で書いてください（空白と記号は数えません）。後から読む人に伝わる理由が要ります。"
        )


def clean(text: str, longest: int = LONGEST) -> str:
    """Without blanks around it. Raises TextUnfit."""
    stripped = text.strip()
    if len(stripped) > longest:
        raise TextUnfit(f"{longest}文字以内で書いてください（いま{len(stripped)}文字）。")
    try:
        refuse_numbers(stripped, "記載")
    except NumberInTrail as error:
        raise TextUnfit("番号らしい12桁の数字は書けません。対象は管理番号か言葉で書いてください。") from error
    return stripped
