"""Names of the places in a form's data, for the list of characters that could not be printed."""

_NAMES = {
    "guardian": "保護者氏名",
    "address": "住所",
    "pupil": "児童生徒氏名",
    "pupils": "児童生徒",
    "name": "氏名",
    "kana": "フリガナ",
    "school": "学校",
    "members": "世帯構成員",
    "reason": "理由",
    "account": "振込先",
    "items": "経費項目",
    "history": "状況履歴",
    "notes": "備考",
    "note": "備考",
    "how": "計算の方法",
    "steps": "計算の過程",
    "contact": "問い合わせ先",
    "issuer": "発行者",
    "seal": "公印",
    "by": "作成者",
    "printed": "欄外",
}


def place_name(path: tuple[str | int, ...]) -> str:
    """3通目 世帯構成員 2番目 氏名."""
    return " ".join(_step(path, index) for index in range(len(path)) if path[index] != "documents")


def _step(path: tuple[str | int, ...], index: int) -> str:
    step = path[index]
    if isinstance(step, int):
        return f"{step + 1}通目" if path[index - 1] == "documents" else f"{step + 1}番目"
    return _NAMES.get(step, step)
