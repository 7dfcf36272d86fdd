"""Passwords of this office and breached ones: refused, on top of Django's own rules (test_enrolment.py)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest


def refusal_of(user: Any, password: str) -> str:
    from accounts.errors import PasswordUnfit
    from accounts.services.passwords import require_fit

    try:
        require_fit(user, password)
    except PasswordUnfit as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "Shugaku-Shoreihi-2026",
        "tokubetsushien2026!!",
        "kyouikuiinkai-0401",
        "就学奨励費就学奨励費2026",
        "shorei_kou_0001",
    ],
)
def test_words_of_the_office_alone_are_no_password(clerk: Any, password: str) -> None:
    assert "業務や団体の名前" in refusal_of(clerk, password)


def test_the_prefectures_own_name_counts_as_well(clerk: Any) -> None:
    from tenants.core.context import require_prefecture

    assert "業務や団体の名前" in refusal_of(clerk, f"{require_prefecture().name}の就学奨励費2026")


@pytest.mark.parametrize(
    "password", ["kitamado-no-yuki-to-gakkou", "hokko-no-yama-ni-yuki", "correct horse battery staple"]
)
def test_beside_enough_else_they_do_no_harm(clerk: Any, password: str) -> None:
    assert refusal_of(clerk, password) == ""


@pytest.mark.parametrize(
    "password",
    [
        "shinnin1shinnin1",
        "Shinnin1-Shinnin1!",
        "ｓｈｉｎｎｉｎ1shinnin1",
        "新任新任新任新任新任新任2026",
        "shinnin1-2026-0401",
    ],
)
def test_ones_own_data_repeated_is_no_password(in_a: Any, password: str) -> None:
    from accounts.services import create_user

    user = create_user("shinnin1", "新任　太郎")
    assert "職員IDや氏名" in refusal_of(user, password)
    assert refusal_of(user, "shinnin1 no kitamado ni yuki") == ""


@pytest.fixture
def breached(tmp_path: Path, settings: Any) -> list[str]:
    """The operator's file, sorted, with counts as such lists have them."""
    known = [f"breached-password-{n}" for n in range(257)]
    lines = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in known)
    settings.BREACHED_PASSWORDS = tmp_path / "breached.txt"
    settings.BREACHED_PASSWORDS.write_text("".join(f"{line}:{n}\r\n" for n, line in enumerate(lines)))
    return known


def test_each_line_of_the_list_is_found_and_nothing_else(clerk: Any, breached: list[str], settings: Any) -> None:
    from accounts.passwords import is_listed

    assert all(is_listed(settings.BREACHED_PASSWORDS, one) for one in breached)
    assert not any(is_listed(settings.BREACHED_PASSWORDS, f"{one}x") for one in breached)
    assert "過去に流出した" in refusal_of(clerk, breached[0])
    settings.BREACHED_PASSWORDS = None
    assert refusal_of(clerk, breached[0]) == ""


def test_an_empty_list_holds_nothing(clerk: Any, tmp_path: Path) -> None:
    from accounts.passwords import is_listed

    (tmp_path / "empty").touch()
    assert not is_listed(tmp_path / "empty", "anything")


@pytest.mark.parametrize("password", ["polniypizdec0211", "telechargement", "q1w2e3r4t5y6"])
def test_the_most_frequent_breached_ones_are_refused_without_any_file(clerk: Any, password: str) -> None:
    assert "一般的" in refusal_of(clerk, password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "123456789012",
        "qwertyuiopas",
        "poiuytrewqlkjh",
        "1qaz2wsx3edc",
        "ががががががががががががが",
        "ｐａｓｓｗｏｒｄｐａｓｓ",
        "P@ssw0rdP@ssw0rd",
        "password1234",
        "dragonmonkey12",
        "iloveyou2026!!",
        "sakurasakura2026",
        "あいうえおかきくけこさし",
        "abcabcabcabca",
        "令和8年令和8年令和8年",
        "x" * 128,
    ],
)
def test_what_frequent_passwords_rows_and_repetitions_make_is_refused(clerk: Any, password: str) -> None:
    assert "重ねたパスワード" in refusal_of(clerk, password)


def test_no_pair_of_frequent_passwords_is_a_password() -> None:
    """Of Django's 20,000 hardly any has twelve characters; what people make of the others to reach them counts alike."""
    from accounts.guessable import LEAST, frequent, parts_of

    short = sorted(one for one in frequent() if 6 <= len(one) < 12 and one.isalpha())
    made = {f"{one}{other}" for one, other in zip(short[:1010], reversed(short), strict=False)}
    made |= {one + one for one in short[:1010]} | {f"{one}2026" for one in short[:1010]}
    assert len(made) > 3_000
    assert not [one for one in made if parts_of(one) >= LEAST]


def test_words_that_have_nothing_to_do_with_each_other_are_welcome(clerk: Any) -> None:
    for password in ("夏の北窓に雪が降る夜の猫", "correct horse battery staple", "Tr0ub4dor&3xyz", "aB3$kL9!mQ2z"):
        assert refusal_of(clerk, password) == ""


def test_a_password_is_the_same_however_the_keyboard_composes_it(in_a: Any) -> None:
    """が as one character and as か with a mark; the length is that of the composed one."""
    import unicodedata

    from accounts.errors import PasswordUnfit
    from accounts.services import change_password, create_user

    user = create_user("nara-0123", "サンプル 花子")
    typed = "ながぐつでがけをぶらぶら登る"
    apart = unicodedata.normalize("NFD", typed)
    assert apart != typed
    change_password(user, apart)
    assert user.check_password(typed)
    change_password(user, typed)
    assert user.check_password(apart)
    with pytest.raises(PasswordUnfit):
        change_password(
            user, unicodedata.normalize("NFD", "がぎぐげござじ")
        )  # seven characters, twice as many code points


@pytest.mark.parametrize(("length", "is_taken"), [(64, True), (128, True), (129, False)])
def test_long_passwords_are_taken_whole(in_a: Any, length: int, is_taken: bool) -> None:
    """ASVS 6.2.9; and its last character counts, so that nothing is cut off."""
    from accounts.errors import PasswordUnfit
    from accounts.services import change_password, create_user

    user = create_user("nara-0123", "サンプル 花子")
    password = ("kumo no ue no densha ni 7 nin no gakki ga notte iru; " * 3)[:length]
    if not is_taken:
        with pytest.raises(PasswordUnfit):
            change_password(user, password)
        return
    change_password(user, password)
    assert user.check_password(password)
    assert not user.check_password(password[:-1])
