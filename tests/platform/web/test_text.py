"""Typed digits and amounts, match keys of names, and the guard against 個人番号 in rosters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import in_ as individual_number

from web.text import YenError, digits_like_number, fold_name, is_number_like, normalise_digits, parse_km, parse_yen


def with_check_digit(base: str) -> str:
    """The 12 digits of an 11 digit base, by python-stdnum: a second implementation to compare with."""
    return base + individual_number.calc_check_digit(base)


bases = st.text("0123456789", min_size=11, max_size=11)


@pytest.mark.parametrize(
    ("typed", "narrow"),
    [
        ("１２３", "123"),
        (" 1,200　", "1,200"),
        ("０７４２ー２２－１１０１", "0742-22-1101"),
        ("スーパー", "スーパー"),
        ("Ａ１", "A1"),
        ("\t1 2\x1f3 \n", "1 2 3"),
    ],
)
def test_digits_become_narrow(typed: str, narrow: str) -> None:
    assert normalise_digits(typed) == narrow


@pytest.mark.parametrize(
    ("typed", "yen"),
    [
        ("1200", 1200),
        ("1,200", 1200),
        ("１，２００円", 1200),
        ("￥1,200", 1200),
        (" 0 ", 0),
        ("△500", -500),
        ("－５００", -500),
    ],
)
def test_amounts_are_read(typed: str, yen: int) -> None:
    assert parse_yen(typed) == yen


@pytest.mark.parametrize(
    "typed", ["", "　", "千円", "1,20", "1.5", "12,34,567", "--5", "1200円也", "123456789018", "1 2万"]
)
def test_what_is_not_whole_yen_is_refused(typed: str) -> None:
    with pytest.raises(YenError) as refused:
        parse_yen(typed)
    assert "円" in str(refused.value) or "金額" in str(refused.value)
    assert "123456789018" not in str(refused.value)


@given(st.integers(-(10**11) + 1, 10**11 - 1))
def test_written_amounts_read_back(amount: int) -> None:
    assert parse_yen(f"{amount:,}") == amount
    assert parse_yen(f"{amount:,}円".translate(str.maketrans("0123456789,-", "０１２３４５６７８９，－"))) == amount


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋　花子", "高橋花子"),
        ("山\ufa11 太郎", "山崎太郎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("\U00020bb7田", "吉田"),
        ("齋藤", "斉藤"),
        ("齊藤", "斎藤"),
        ("辻\U000e0100", "辻"),
        ("\ufa19田", "神田"),
        ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("はっとり", "ハツトリ"),
        ("キャサリン", "キヤサリン"),
        ("ヴィクトル", "ビクトル"),
        ("スー・イン", "ス－イン"),
        ("ＡＢＣ", "abc"),
        ("か゛", "が"),
    ],
)
def test_two_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("山田", "山口"), ("ハナコ", "バナコ"), ("太郎", "次郎"), ("オオノ", "オノ")]
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@given(st.text())
def test_a_key_folds_to_itself(text: str) -> None:
    key = fold_name(text)
    assert fold_name(key) == key
    assert not any("\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef" or c.isspace() for c in key)


@given(st.text("アカガパヤャッヴァ髙高辺邉\ufa19 　ー"), st.integers(0, 9))
def test_width_and_spaces_never_change_a_key(name: str, at: int) -> None:
    spaced = name[:at] + "　" + name[at:]
    assert fold_name(unicodedata.normalize("NFKD", spaced)) == fold_name(name)


@pytest.mark.parametrize("valid", ["123456789018", "983205673214", "123456789000", "１２３４-５６７８-９０１８"])
def test_published_examples_look_like_numbers(valid: str) -> None:
    assert is_number_like(valid)


@pytest.mark.parametrize("other", ["123456789017", "000000000000", "12345678901", "1234567890188", "", "12345678901x"])
def test_other_digits_do_not(other: str) -> None:
    assert not is_number_like(other)


@given(bases)
def test_the_check_digit_agrees_with_a_second_implementation(base: str) -> None:
    number = with_check_digit(base)
    all_same = len(set(number)) == 1
    assert is_number_like(number) is not all_same
    assert [d for d in "0123456789" if is_number_like(base + d)] == ([] if all_same else [number[-1]])


@given(
    bases,
    st.sampled_from(["氏名,", "番号：", "A", ""]),
    st.sampled_from([" 宛", "、", "", "\t山田"]),
    st.sampled_from(["", "-", "　", "－"]),
)
def test_a_number_inside_other_text_is_found_where_it_stands(base: str, before: str, after: str, gap: str) -> None:
    number = with_check_digit(base)
    written = gap.join([number[:4], number[4:8], number[8:]])
    expected = [] if len(set(number)) == 1 else [(len(before), len(before) + len(written))]
    assert digits_like_number(before + written + after) == expected


@pytest.mark.parametrize("before", ["2026 ", "0742 2211 ", "1200 1500 1800 "])
def test_groups_of_four_before_a_number_do_not_hide_it(before: str) -> None:
    assert (len(before), len(before) + 14) in digits_like_number(f"{before}1234 5678 9018 です")


@pytest.mark.parametrize(
    "text", ["電話 0742-22-1101", "口座 1234567", "法人番号 1234567890188", "2026-04-01 1,200円", "123456789017"]
)
def test_other_numbers_of_a_roster_pass(text: str) -> None:
    assert digits_like_number(text) == []


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_figures_come_out_as_character_by_character(typed: str) -> None:
    """Most cells are plain and are not looked at one character at a time; beside a wide one the same text is."""
    assert normalise_digits(f"a{typed}a") + "漢" == normalise_digits(f"a{typed}a漢")


@pytest.mark.parametrize(
    ("typed", "metres"), [("12.3", 12_300), ("１２．３０５ｋｍ", 12_305), (" 7 km", 7_000), ("0.05", 50)]
)
def test_kilometres_are_exact_metres(typed: str, metres: int) -> None:
    assert parse_km(typed) == metres


@pytest.mark.parametrize("typed", ["", "12.3456", "1,2", "-3", "12.3m", "遠い", "12345"])
def test_what_is_no_distance_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="距離として読めません"):
        parse_km(typed)
