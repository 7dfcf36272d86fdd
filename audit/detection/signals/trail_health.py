"""Signal 30: the trail itself. What does not arrive, is not sealed, does not fit, or is dated by a wrong clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from audit.detection.calendar import local
from audit.detection.signals.base import Answer, Found
from audit.detection.signals.office import Night, Office, OfficeRule, too_long_since

STANDS_STILL = timedelta(hours=20)
"""Two nights, also where the second came a little earlier."""

NOT_READ = "記録の鎖と時計の状態を読めないため、判定できません。"


def unsealed(office: Office, threshold: float) -> Answer:
    """A sealer that is stopped, lost its key, or waits for a right clock seals nothing."""
    if office.trail is None:
        return NOT_READ
    sentence = "{minutes:.0f}分前からの操作の記録に封印（署名）ができていない。鍵・時計・封印の処理を確かめる。"
    return too_long_since(office.trail.unsealed_since, office.now, threshold, sentence, "%Y%m%d%H%M%S%f")


def broken(office: Office, _: float) -> Answer:
    """Each place of a break once; each nightly difference once."""
    if office.trail is None:
        return NOT_READ
    found = [
        Found(
            f"{one.number}:{one.what}",
            office.now,
            f"操作の記録の鎖が切れている（第{one.number}束: {one.what}）。記録が書き換えられたおそれ。検証ツールで確かめる。",
            detail={"束": one.number},
        )
        for one in office.trail.breaks
    ]
    found += [_differing(night) for night in office.nights if night.differs]
    return found + _standing(office.nights)


def _differing(night: Night) -> Found:
    counts = {
        "記録のない書込み": night.unrecorded,
        "届かない記録": night.lost,
        "署名の合わない記録": night.unsigned,
        "変わった署名": night.changed_heads,
    }
    words = "、".join(f"{name}{number}件" for name, number in counts.items() if number)
    sentence = (
        f"夜間の照合で、書込みと記録が合わなかった（{words}）。記録を通らない書込みか、記録の削除・偽造のおそれ。"
    )
    return Found(f"night:{night.id}", night.at, sentence, detail=counts)


def _standing(nights: Sequence[Night]) -> list[Found]:
    """A transaction that nobody ends: night after night ends where the one before it ended, and looks at nothing."""
    if not nights:
        return []
    newest = nights[0]
    first = [night for night in nights if night.until == newest.until][-1]
    if newest.at - first.at < STANDS_STILL:
        return []
    sentence = (
        f"夜間の照合が、{local(first.at):%-m月%-d日}から進んでいない（終わらない取引がデータベースにある）。その後の書込みは"
        "まだ照合していない。情報システムの担当者に連絡し、開いたままの接続を確かめる。"
    )
    return [Found(f"stands:{newest.until}", newest.at, sentence)]


def forged(office: Office, _: float) -> Answer:
    """One an hour: whoever can put one event there can put thousands."""
    return [
        Found(
            f"{local(one.at):%Y%m%d%H}",
            one.at,
            f"システムの署名が合わない操作の記録が{one.events}件あり、受け取らずに隔離した。記録の偽造か、システムを通さない書込みのおそれ。"
            "「記録の保全」で確かめ、情報システムの担当者に連絡する。",
            detail={"件数": one.events},
        )
        for one in office.refused
    ]


def clock(office: Office, threshold: float) -> Answer:
    """One a day and kind: a clock that stays wrong is one finding."""
    if office.trail is None:
        return NOT_READ
    told = {
        "apart": (office.trail.apart, "業務用と記録用のコンピューターの時計が{}秒ずれている"),
        "stepped": (office.trail.stepped, "時計が一度に{}秒動かされた"),
    }
    found = [
        _clock(office, kind, words.format(f"{abs(seconds):.0f}"))
        for kind, (seconds, words) in told.items()
        if abs(seconds) > threshold
    ]
    if office.trail.is_set_back:
        found.append(_clock(office, "back", "記録用データベースの時計が、最後の封印より前に戻された"))
    return found


def _clock(office: Office, kind: str, what: str) -> Found:
    sentence = f"{what}。記録の時刻が疑わしい。時刻の同期を確かめる。"
    return Found(f"{kind}:{local(office.now):%Y%m%d}", office.now, sentence)


UNSEALED = OfficeRule(
    id="trail_unsealed",
    number="30",
    title="封印の遅れ",
    needs="封印されていない最も古い記録の日時",
    threshold="しきい値の分数より長く封印されない記録があるとき（鍵を使えない、時計が合わない、処理が止まった）",
    control="封印はふだん10秒以内。止まっている間の警報は1件",
    certainty="確実",
    example="6分前からの操作の記録に封印（署名）ができていない。鍵・時計・封印の処理を確かめる。",
    standard=5,
    unit="分",
    evaluate=unsealed,
)
BROKEN = OfficeRule(
    id="trail_broken",
    number="30",
    title="記録の鎖の切れ・照合の差異",
    needs="直近の束の番号・件数・つながり・署名、夜間の照合の結果",
    threshold="番号の飛び、つながらない束、合わない署名、控えと違う末尾、夜間の照合の差異が一つでもあるとき、または終わらない取引のため照合が二晩続けて進まないとき",
    control="切れ目ごと、照合ごとに1件。封印の途中は一つの時点で読むため鳴らない。全体の検証は検証ツールが行う",
    certainty="確実（合わないこと）。原因は人が確かめる",
    example="操作の記録の鎖が切れている（第12束: 前の束につながっていない）。記録が書き換えられたおそれ。検証ツールで確かめる。",
    evaluate=broken,
)
FORGED = OfficeRule(
    id="trail_forged",
    number="30",
    title="署名の合わない記録の隔離",
    needs="送信待ちの記録の署名、書き込んだ取引の番号、隔離した記録",
    threshold="システムの署名がない、内容や取引と合わない、または長すぎる記録が、送信待ちに一つでもあるとき",
    control="1時間に1件。隔離した記録は誰も消せず、すべて「記録の保全」に並ぶ",
    certainty="確実（署名が合わないこと）。誰のしたことかは人が確かめる",
    example="システムの署名が合わない操作の記録が2件あり、受け取らずに隔離した。記録の偽造か、システムを通さない書込みのおそれ。",
    evaluate=forged,
)
CLOCK = OfficeRule(
    id="trail_clock",
    number="30",
    title="時計のずれ",
    needs="業務用・記録用データベースの時計、起動からの経過時間、最後の封印の日時",
    threshold="時計の差か一度の変更がしきい値の秒数より大きいとき、または最後の封印より前に戻ったとき",
    control="応答の遅れは差に数えない。少しずつの同期では鳴らない。種類ごとに1日1件",
    certainty="確実",
    example="業務用と記録用のコンピューターの時計が9秒ずれている。記録の時刻が疑わしい。時刻の同期を確かめる。",
    standard=5,
    unit="秒",
    evaluate=clock,
)
