"""Dialects byte by byte: what goes over the wire is fixed here, so that both ends cannot be wrong together."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.atena_adapters.config import AdapterConfig, DelimitedDialect, JsonDialect
from integrations.atena_adapters.config.rules import TextRules
from integrations.atena_adapters.dialects.base import CellError
from integrations.atena_adapters.dialects.characters import Repertoire, shape_address, shape_kana
from integrations.atena_adapters.dialects.dates import read_day, read_year, write_day, write_year
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.presets import preset
from integrations.atena_adapters.receipts import ProblemCode

LINE: Row = {
    "line_id": "L1", "atena_number": "A0000001", "kind": "tax", "base_date": "2025-12-31", "tax_year": "2026",
    "base_address": "大阪府大阪市北区1-2", "approval_number": "R8-1", "duty_code": "K01", "layout_version": "2",
}  # fmt: skip
PERSON: Row = {
    "atena_number": "A0000001", "individual_number": "000007000012", "name": "髙橋　𠮷子", "kana": "タカハシ　ヨシコ",
    "born": "1989-01-07", "address": "奈良市1番", "duty_code": "KARI-0001",
}  # fmt: skip


def _decode(name: str, message: Message, text: str, encoding: str = "utf-8") -> list[Row]:
    return [row.values for row in build_dialect(preset(name).dialect).decode(message, text.encode(encoding)).rows]


def test_osaka_inquiry_bytes() -> None:
    encoded = build_dialect(preset("osaka").dialect).encode(Message.INQUIRY, "b", [LINE])
    expected = '"S1","R8-1","02","A0000001","L1","508","5071231","大阪府大阪市北区１－２","K01","2"\r\n"E","1"\r\n'
    assert encoded.payload == expected.encode("cp932")


def test_osaka_registration_writes_geta_and_half_width_kana() -> None:
    encoded = build_dialect(preset("osaka").dialect).encode(Message.REGISTRATION, "b", [PERSON])
    text = encoded.payload.decode("cp932")
    assert '"ﾀｶﾊｼ ﾖｼｺ","髙橋　〓子","3640107","奈良市１番","000007000012"' in text
    assert [(s.field, s.code_point) for s in encoded.substitutions] == [("name", "U+20BB7")]


def test_nara_registration_json() -> None:
    encoded = build_dialect(preset("nara").dialect).encode(Message.REGISTRATION, "B-1", [PERSON])
    assert encoded.payload.decode() == (
        '{"renkei_id":"B-1","kensu":1,"meisai":[{"atenaBango":"A0000001","kojinBango":"000007000012",'
        '"shimei":"髙橋　𠮷子","shimeiKana":"タカハシ　ヨシコ","seinengappi":"1989-01-07","jusho":"奈良市1番","jimuCode":"KARI-0001"}]}'
    )


def test_hiroshima_inquiry_csv() -> None:
    encoded = build_dialect(preset("hiroshima").dialect).encode(Message.INQUIRY, "b", [LINE])
    assert encoded.payload.decode() == (
        "明細番号,宛名番号,照会区分,基準日,課税年度,基準住所,職員番号,組織番号,決裁番号\n"
        "L1,A0000001,2,2025-12-31,2026,大阪府大阪市北区1-2,-,-,R8-1\n"
    )


def test_osaka_answer_is_read_from_its_own_columns() -> None:
    text = (
        '"S2","02","L1","A0000001","A","","ｻﾝﾌﾟﾙ ﾊﾅｺ","サンプル　花子","4010108","大阪市","","*","*","*","大阪市","508",'
        '"200000","","0","1500000","*","0"\r\n"E","1"\r\n'
    )
    (row,) = _decode("osaka", Message.INQUIRY_ANSWER, text, "cp932")
    assert row["result"] == "answered"
    assert row["born"] == "1989-01-08"
    assert row["kana"] == "サンプル　ハナコ"
    assert (row["total_income"], row["life_insurance"], row.get("forest_income")) == (
        "1500000", "", None,
    )  # fmt: skip
    assert row["tax_year"] == "2026"


def test_several_codes_may_mean_the_same() -> None:
    text = '"D2","A1","915","K",""\r\n"D2","A2","916","N",""\r\n"E","2"\r\n'
    assert [row["result"] for row in _decode("osaka", Message.REGISTRATION_ANSWER, text, "cp932")] == ["registered"] * 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "途中で切れて"),
        ("宛名番号,結果,団体内統合宛名番号,理由\nA1,00,91", "途中で切れて"),
        ("宛名番号,結果,理由,団体内統合宛名番号\nA1,00,,91\n", "見出し行"),
    ],
)
def test_unusable_files_are_refused_whole(text: str, reason: str) -> None:
    with pytest.raises(AnswerUnreadable, match=reason):
        _decode("hiroshima", Message.REGISTRATION_ANSWER, text)


@pytest.mark.parametrize(("text", "reason"), [('"E","2"\r\n', "件数"), ('"D2","A1","9","N",""\r\n', "末尾行")])
def test_a_trailer_that_disagrees_refuses_the_file(text: str, reason: str) -> None:
    with pytest.raises(AnswerUnreadable, match=reason):
        _decode("osaka", Message.REGISTRATION_ANSWER, text, "cp932")


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"kensu":0}', '{"kensu":2,"meisai":[{}]}', '{"kensu":1,"meisai":["x"]}', "\ufeff{]"]
)
def test_unusable_json_is_refused_whole_without_quoting_it(text: str) -> None:
    with pytest.raises(AnswerUnreadable) as caught:
        _decode("nara", Message.REGISTRATION_ANSWER, text)
    assert "kensu" not in str(caught.value)


def test_single_bad_cells_spoil_their_line_only() -> None:
    text = "宛名番号,結果,団体内統合宛名番号,理由\nA1,77,91,\nA2,00,92,\nA3,00\n"
    rows = build_dialect(preset("hiroshima").dialect).decode(Message.REGISTRATION_ANSWER, text.encode()).rows
    assert [bool(row.error) for row in rows] == [True, False, True]
    assert [row.values["atena_number"] for row in rows] == ["A1", "A2", "A3"]


def test_bytes_outside_the_encoding_spoil_their_line_only() -> None:
    payload = '"D2","A1","9","N",""\r\n"D2","A2","9","N","'.encode("cp932") + b'\x85@"\r\n"E","2"\r\n'
    rows = build_dialect(preset("osaka").dialect).decode(Message.REGISTRATION_ANSWER, payload).rows
    assert [bool(row.error) for row in rows] == [False, True]


def test_a_vendors_own_characters_are_reported() -> None:
    payload = '"D2","A1","9","N","'.encode("cp932") + b'\xf0\x40"\r\n"E","1"\r\n'
    decoded = build_dialect(preset("osaka").dialect).decode(Message.REGISTRATION_ANSWER, payload)
    assert [problem.code for problem in decoded.problems] == [ProblemCode.GAIJI]


def test_a_value_that_holds_the_separator_is_refused_without_quotes() -> None:
    dialect = build_dialect(DelimitedDialect(quoting="none"))
    encoded = dialect.encode(Message.LINKAGE, "b", [{"atena_number": "A,1"}, {"atena_number": "A2"}])
    assert list(encoded.refused) == ["A,1"]
    assert encoded.count == 1


def test_too_long_values_are_refused_with_their_limit() -> None:
    values = DelimitedDialect(encoding="cp932").model_dump()
    for column in values["layouts"]["registration"]:
        column["max_bytes"] = 10 if column["field"] == "name" else None
    dialect = build_dialect(DelimitedDialect.model_validate(values))
    long, short = PERSON | {"name": "サンプル太"}, PERSON | {"atena_number": "A2", "name": "サンプル太郎"}
    assert dialect.encode(Message.REGISTRATION, "b", [long, short]).refused == {
        "A2": "氏名: 氏名が長すぎます(上限10バイト)。"
    }


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16", "euc_jp"])
@pytest.mark.parametrize("newline", ["LF", "CRLF"])
@pytest.mark.parametrize("quoting", ["minimal", "all"])
def test_every_encoding_reads_its_own_writing(encoding: str, newline: str, quoting: str) -> None:
    config = DelimitedDialect.model_validate({"encoding": encoding, "newline": newline, "quoting": quoting})
    dialect = build_dialect(config)
    row = PERSON | {"name": 'サンプル,"太郎"'}
    decoded = dialect.decode(Message.REGISTRATION, dialect.encode(Message.REGISTRATION, "b", [row]).payload)
    assert decoded.problems == ()
    assert decoded.rows[0].values["name"] == 'サンプル,"太郎"'


@given(amount=st.one_of(st.integers(-(10**9), 10**12).map(str), st.sampled_from(["", None])))
def test_amounts_survive_both_dialects(amount: str | None) -> None:
    row: Row = {"line_id": "L1", "result": "answered", "total_income": amount}
    for config in (JsonDialect(), DelimitedDialect(missing_mark="*")):
        dialect = build_dialect(config)
        payload = dialect.encode(Message.INQUIRY_ANSWER, "b", [row]).payload
        assert dialect.decode(Message.INQUIRY_ANSWER, payload).rows[0].values.get("total_income") == amount


@pytest.mark.parametrize("text", ["1,000", "１０００", "1.5", "--1", "円"])
def test_amounts_that_are_no_whole_yen_are_refused(text: str) -> None:
    payload = f'{{"batch":"b","count":1,"lines":[{{"明細番号":"L1","結果":"00","総所得金額":"{text}"}}]}}'
    (row,) = build_dialect(JsonDialect()).decode(Message.INQUIRY_ANSWER, payload.encode()).rows
    assert "総所得金額" in row.error


def test_a_fraction_in_json_is_refused() -> None:
    payload = b'{"batch":"b","count":1,"lines":[{"\xe6\x98\x8e\xe7\xb4\xb0\xe7\x95\xaa\xe5\x8f\xb7":"L1",'
    payload += '"結果":"00","総所得金額":1.5}]}'.encode()
    (row,) = build_dialect(JsonDialect()).decode(Message.INQUIRY_ANSWER, payload).rows
    assert row.error


@pytest.mark.parametrize(
    ("day", "numbered", "lettered"),
    [
        (date(2019, 4, 30), "4310430", "H310430"), (date(2019, 5, 1), "5010501", "R010501"),
        (date(1989, 1, 7), "3640107", "S640107"), (date(1989, 1, 8), "4010108", "H010108"),
        (date(1926, 12, 24), "2151224", "T151224"), (date(1926, 12, 25), "3011225", "S011225"),
        (date(1912, 7, 29), "1450729", "M450729"),
    ],
)  # fmt: skip
def test_era_borders(day: date, numbered: str, lettered: str) -> None:
    assert (write_day(day, "GYYMMDD"), write_day(day, "AYYMMDD")) == (numbered, lettered)
    assert read_day(numbered, "GYYMMDD") == read_day(lettered, "AYYMMDD") == day


@pytest.mark.parametrize("text", ["00000000", "20250230", "不詳", "2025", ""])
def test_no_day_is_read_from_what_is_none(text: str) -> None:
    assert read_day(text, "YYYYMMDD") is None


@pytest.mark.parametrize("text", ["4310501", "5010430", "4000101", "6010101", "5011301"])
def test_days_outside_their_era_are_refused(text: str) -> None:
    assert read_day(text, "GYYMMDD") is None


@given(st.dates(date(1868, 10, 23), date(2099, 12, 31)))
def test_days_survive_every_form(day: date) -> None:
    for form in ("YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "GYYMMDD", "AYYMMDD"):
        assert read_day(write_day(day, form), form) == day


@given(st.integers(1990, 2099))
def test_fiscal_years_survive_every_form(year: int) -> None:
    for form in ("YYYY", "GYY", "AYY"):
        assert read_year(write_year(year, form), form) == year


def test_unreadable_years() -> None:
    assert read_year("R00", "AYY") is None
    assert read_year("26", "YYYY") is None


def test_characters_outside_the_encoding() -> None:
    strict = Repertoire("cp932", TextRules())
    assert strict.write("髙﨑〜−").text.encode("cp932") == "髙﨑～－".encode("cp932")
    assert strict.write("一—二").text == "一―二"
    with pytest.raises(CellError, match=r"U\+20BB7"):
        strict.write("𠮷田")
    table = Repertoire("cp932", TextRules(replacements={"𠮷": "吉"}))
    assert table.write("𠮷田").text == "吉田"
    dropping = Repertoire("cp932", TextRules(drop_variation_selectors=True))
    assert dropping.write("辻\U000e0100").text == "辻"
    geta = Repertoire("cp932", TextRules(unencodable="geta"))
    written = geta.write("辻\U000e0100𠮷")
    assert (written.text, written.replaced) == ("辻〓", ("U+E0100", "U+20BB7"))
    with pytest.raises(CellError, match="制御文字"):
        strict.write("一\n二")
    assert Repertoire("euc_jp", TextRules()).write("～").text == "〜"


def test_kana_and_addresses_take_the_configured_shape() -> None:
    half = TextRules(kana_width="half", small_kana="large")
    assert shape_kana("がっこう　ヴぁ", half) == "ｶﾞﾂｺｳ ｳﾞｱ"
    assert shape_kana("ガ ｯ", TextRules(name_space="none")) == "ガッ"
    short = TextRules(omit_prefecture=True, address_width="full")
    assert shape_address("神奈川県横浜市1-2", short) == "横浜市１－２"
    assert shape_address("京都府京都市", short) == "京都市"


def test_presets_differ_by_configuration_only() -> None:
    osaka, hiroshima = preset("osaka"), preset("hiroshima")
    assert type(osaka.dialect) is type(hiroshima.dialect)
    assert type(osaka.transport) is type(hiroshima.transport)
    assert AdapterConfig.model_validate_json(osaka.model_dump_json()) == osaka


@pytest.mark.parametrize("text", ["[" * 200_000, '{"meisai":' * 100_000])
def test_json_nested_without_end_is_an_unreadable_answer(text: str) -> None:
    with pytest.raises(AnswerUnreadable):
        _decode("nara", Message.INQUIRY_ANSWER, text)


def test_an_amount_of_thousands_of_digits_is_refused_like_any_other() -> None:
    document = '{"kensu":1,"meisai":[{"meisaiBango":"L1","kekka":"1","soShotoku":"' + "9" * 5000 + '"}]}'
    (row,) = build_dialect(preset("nara").dialect).decode(Message.INQUIRY_ANSWER, document.encode()).rows
    assert row.error
