"""The page of a running simulator: plain HTML, no script, nothing about a person."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from integrations.atena_adapters.simulator.faults import TITLES, Fault
from integrations.atena_adapters.simulator.items import Kind

_KINDS = {
    Kind.REGISTRATION: "付番依頼", Kind.UPDATE: "異動", Kind.WITHDRAWAL: "廃止", Kind.LINKAGE: "符号確認",
    Kind.INQUIRY: "情報照会", Kind.PROVISION: "副本登録", Kind.LISTING: "保留の照会・記録の受領", Kind.RELEASE: "照会への回答",
}  # fmt: skip
_COUNTS = {
    "batches": "受け取った依頼(送信単位)", "addressees": "登録された宛名", "copies": "副本", "provisions": "情報提供等記録",
    "steps": "付番の処理(0320001など)", "packages": "媒体ファイル",
}  # fmt: skip
_ITEMS = {"resident": "住民票", "tax": "地方税", "welfare": "生活保護"}
PAGE_STYLE = """
body { font-family: sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; line-height: 1.6; }
table { border-collapse: collapse; } th, td { border: 1px solid #767676; padding: .2rem .6rem; text-align: left; }
form { margin: .6rem 0; } button, input, select { font: inherit; min-height: 2rem; }
"""


def page(title: str, state: Mapping[str, Any]) -> str:
    """The whole page."""
    held = "".join(_held(*line) for line in state["held"]) or "<p>ありません。</p>"
    copies = "".join(f'<option value="{escape(number)}">{escape(number)}</option>' for number in state["copies"])
    return f"""<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>統合宛名シミュレーター {escape(title)}</title>
<link rel="stylesheet" href="/style.css"></head><body>
<h1>統合宛名シミュレーター</h1>
<p>{escape(title)}。開発と試験のためのものです。実在の人の情報は入れません。個人番号はこの画面にも記録にも出ません。</p>
<h2>いま</h2>
<table>{_row("シミュレーターの時刻", state["now"])}{_row("相手に見せる時刻", state["shown"])}
{_row("受付", "受付中" if state["open"] else "受付時間外・停止中")}{_row("知っている人", f"{state['people']}人")}
{_row("回答の残っている依頼", f"{state['waiting']}件")}{_row("同じ人に付いた複数の宛名", f"{state['duplicates']}件")}
{"".join(_row(title, f"{state['counts'][name]}件") for name, title in _COUNTS.items())}</table>
<h2>時計を進める</h2>
<form method="post" action="/clock"><label>時間 <input name="hours" type="number" min="0" max="9600" value="1"></label>
<button>進める</button></form>
<h2>障害を起こす</h2>
<form method="post" action="/fault"><label>障害 <select name="name">{_faults()}</select></label>
<label>対象 <select name="kind"><option value="">すべて</option>{_kinds()}</select></label>
<label>回数 <input name="times" type="number" min="1" max="99" value="1"></label> <button>起こす</button></form>
{_left(state["faults"])}
<h2>提供側の職員の確認待ち(自動応答不可)</h2>{held}
<h2>他の機関からの照会(副本)</h2>
<form method="post" action="/incoming"><label>副本番号 <select name="number">{copies}</select></label>
<button>照会する</button></form>
</body></html>"""


def _row(head: str, value: str) -> str:
    return f'<tr><th scope="row">{escape(head)}</th><td>{escape(str(value))}</td></tr>'


def _faults() -> str:
    return "".join(f'<option value="{fault.value}">{escape(TITLES[fault])}</option>' for fault in Fault)


def _kinds() -> str:
    return "".join(f'<option value="{kind.value}">{title}</option>' for kind, title in _KINDS.items())


def _left(faults: Mapping[str, str]) -> str:
    if not faults:
        return "<p>これから起きる障害はありません。</p>"
    told = [(Fault(name.partition("@")[0]), name.partition("@")[2], times) for name, times in faults.items()]
    rows = [
        _row(TITLES[fault], f"{_KINDS[Kind(kind)] if kind else 'すべて'} あと{times}回") for fault, kind, times in told
    ]
    return f"<table>{''.join(rows)}</table>"


def _held(batch: str, line: str, kind: str) -> str:
    hidden = f'<input type="hidden" name="batch" value="{escape(batch)}"><input type="hidden" name="line" value="{escape(line)}">'
    buttons = (
        '<button name="act" value="released">開放する</button> <button name="act" value="refused">提供しない</button>'
    )
    about = f"送信単位 {escape(batch)} 明細 {escape(line)} {_ITEMS.get(kind, escape(kind))}"
    return f'<form method="post" action="/held">{about} {hidden}{buttons}</form>'
