"""How fast a dialect reads: a made-up answer file of many records, for the benchmarks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.fields import Message, Row

_FIRST_DAY = date(1960, 1, 1)


def sample_answers(count: int) -> Iterator[Row]:
    """Fictitious answered tax inquiries, each with other values."""
    for n in range(count):
        yield {
            "line_id": f"L{n:07d}",
            "atena_number": f"A{n:07d}",
            "kind": "tax",
            "result": "answered",
            "name": f"サンプル　太郎{n % 9_999}号",
            "kana": "サンプル　タロウ" + "アイウエオカキクケコ"[n % 10] * (1 + n % 7),
            "born": (_FIRST_DAY + timedelta(days=n % 20_000)).isoformat(),
            "address": f"奈良県奈良市サンプル町{n}番地",
            "tax_year": "2026",
            "municipality": "奈良県奈良市",
            "total_income": str(1_000_000 + n),
            "retirement_income": "0",
            "forest_income": "",
            "social_insurance": str(200_000 + n),
            "life_insurance": None if n % 5 else "40000",
            "earthquake_insurance": "0",
        }


def records_per_second(config: AdapterConfig, count: int = 50_000) -> float:
    """Records of an inquiry answer read per second of one processor, from the received bytes to canonical rows."""
    dialect = build_dialect(config.dialect)
    payload = dialect.encode(Message.INQUIRY_ANSWER, Made("bench"), list(sample_answers(count))).payload
    start = time.process_time()
    decoded = dialect.decode(Message.INQUIRY_ANSWER, payload)
    taken = time.process_time() - start
    if len(decoded.rows) != count or any(row.error for row in decoded.rows):
        raise RuntimeError("読み取りの結果が書いた内容と合いません。")
    return count / taken
