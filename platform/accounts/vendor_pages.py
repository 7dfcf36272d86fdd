"""The pages a vendor's window may name, with what people call them. What is not here is never shown to a vendor.

Only pages that are read: no forms, no acts, no files, and none that promises not to be shown to the vendor (見本ファイルの試験).
"""

from __future__ import annotations

from typing import Final

TITLES: Final = {
    "households:list": "世帯の一覧",
    "households:detail": "世帯（1世帯ずつ）",
    "households:imports": "名簿取込の一覧",
    "households:import": "名簿取込の結果（1件ずつ）",
    "unregistered": "宛名未登録の一覧",
    "linkage:overview": "情報照会",
    "linkage:batches": "送受信の問題",
    "linkage:reconciliation": "送受信の照合",
    "linkage:people": "宛名の状態の一覧",
    "linkage:person": "宛名の状態（1人ずつ）",
    "linkage:targets": "照会対象一覧",
    "linkage:target_list": "照会対象一覧の中身（1件ずつ）",
    "linkage:items": "照会項目の設定",
    "linkage:copies": "副本",
    "linkage:copy_list": "副本登録一覧の中身（1件ずつ）",
    "linkage:copy_line": "副本の明細（1件ずつ）",
    "linkage:provision_rules": "情報提供の設定",
    "linkage:incoming": "照会への回答の一覧",
    "linkage:held_inquiry": "保留された照会（1件ずつ）",
    "linkage:records": "情報提供等記録",
    "statements:list": "調書の一覧",
    "statements:detail": "調書（1件ずつ）",
    "payments:rounds": "支給回の一覧",
    "payments:round": "支給回（1回ずつ）",
    "payments:pupils": "支給回の児童生徒",
    "payments:payment": "支給台帳（1人ずつ）",
    "payments:expenses": "使用経費の一覧",
    "payments:imports": "経費取込の一覧",
    "payments:import": "経費取込の結果（1件ずつ）",
    "yearpacks:overview": "年度定義",
    "yearpacks:coverage": "年度定義の収録状況",
    "yearpacks:revision": "年度定義の改訂（1件ずつ）",
    "yearpacks:revision_coverage": "年度定義の改訂の収録状況",
    "yearpacks:rows": "年度定義の改訂の行",
    "jobs": "処理の一覧",
    "job": "処理の進み具合（1件ずつ）",
}


def title_of(page: str) -> str:
    """What people call the page; of a page that was offered once and is no longer, its address name."""
    return TITLES.get(page, page)
