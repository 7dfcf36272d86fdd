"""Rule: a file for which individual numbers are forbidden (名簿, 使用経費) was handed in with one in it."""

from __future__ import annotations

from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule


def evaluate(act: Act) -> Result:
    """Always fires: the file was refused and not kept, but the numbers still stand in what lies at the school."""
    if act.kind is not ActKind.NUMBER_IN_FILE:
        return Result(Outcome.SILENT)
    sentence = (
        f"{clock_words(local(act.at).time())}に提出された{act.what}に、個人番号と思われる12桁の数字があった。"
        "ファイルは取り込まず保存もしていない。元のファイルの扱いを指示する。"
    )
    return Result(Outcome.FIRED, sentence, {"act": act.kind.value, "file": act.what})


RULE = Rule(
    id="number_in_file",
    title="番号の入ったファイル",
    watches=(ActKind.NUMBER_IN_FILE,),
    needs="名簿・使用経費のブックの検査結果（番号そのものは見ない）",
    threshold="個人番号と思われる12桁の数字がブックのどこかにあり、取込を断ったとき",
    control="検査数字の合わない12桁や、ほかの理由で断ったファイルでは鳴らない。同じファイルは1件だけ",
    certainty="ほぼ確実（12桁の数字が偶然に検査数字と合うことはあり得る）",
    example=(
        "10:00に提出された名簿に、個人番号と思われる12桁の数字があった。"
        "ファイルは取り込まず保存もしていない。元のファイルの扱いを指示する。"
    ),
    evaluate=evaluate,
)
