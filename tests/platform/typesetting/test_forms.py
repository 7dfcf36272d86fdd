"""The five forms: what they carry, how they grow, and what cannot break them."""

import io
import subprocess
import sys
from collections.abc import Mapping

import pypdf
import pytest

from tests.platform.typesetting import samples
from typesetting import TypesettingError, render_pdf

FORMS: dict[str, Mapping[str, object]] = {
    "determination_notice": samples.notices(3),
    "payment_slip": samples.slips(3),
    "statement": samples.statements(3),
    "pupil_ledger": samples.ledgers(3),
    "calculation": samples.calculations(3),
    "payment_calculation": samples.payment_calculations(3),
}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, without the blanks that layout puts between words."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("form", FORMS)
def test_each_document_has_its_page_with_foot_and_sample_mark(form: str) -> None:
    rendered = render_pdf(form, FORMS[form])
    pages = pages_of(rendered.pdf)
    assert rendered.pages == len(pages) == 3
    assert rendered.missing_glyphs == []
    for page in pages:
        assert "サンプル" in page
        assert "作成日時令和8年7月1日10時30分作成者見本職員" in page
        assert "1/1" in page


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (
            "determination_notice",
            [
                "支弁区分決定通知書",
                "見本太郎様",
                "サンプル県教育委員会教育長",
                "4,123,400円",
                "施行令第2条",
                "未確認",
                "施設に入所しているため",
            ],
        ),
        (
            "payment_slip",
            ["支給明細書", "34,115円", "使用額21,400円の2分の1", "****567", "支給日現在", "第1期（4月～7月分）"],
        ),
        (
            "statement",
            ["収入額・需要額調書", "4,436,000", "D÷m＝1.54", "2級地-1", "生活扶助第1類", "行が公表されていません"],
        ),
        (
            "calculation",
            [
                "決定の計算書",
                "483,240円/年",
                "資料2【未確認】",
                "児童生徒の区分",
                "資料1:見本の表",
                "措置費を受けているため",
            ],
        ),
        (
            "payment_calculation",
            [
                "支給額の計算書",
                "今回の支給額2,300円",
                "2分の1で、2,500円です",
                "今回の支給額計2,30002,300",
                "△200",
                "令和8年4月分の戻入",
                "E-1令和8年6月5日",
                "資料2【未確認】",
                "支給日現在",
            ],
        ),
        ("pupil_ledger", ["個人別支給台帳", "ミホンハナコ", "学校給食費", "支給累計", "区分変更", "年43,000円"]),
    ],
)
def test_what_a_form_says(form: str, texts: list[str]) -> None:
    page = pages_of(render_pdf(form, FORMS[form]).pdf)[0]
    assert [text for text in texts if text not in page] == []


def test_real_data_carry_no_sample_mark() -> None:
    data = samples.notices(1, sample=False)
    data["documents"] = [{**samples.notice(), "issuer": "県教育委員会", "school": "学校", "number": "1", "contact": []}]
    data["documents"][0]["instruction"] = []
    data["documents"][0]["address"] = []
    assert "サンプル" not in pages_of(render_pdf("determination_notice", data).pdf)[0]


def test_a_changed_determination_says_so_with_what_held_before() -> None:
    data = samples.notices(1)
    data["documents"][0]["change"] = {
        "before": "Ⅲ",
        "until": "令和8年9月30日まで",
        "reason": "失業（収入の基礎: 当年見込）",
    }
    page = pages_of(render_pdf("determination_notice", data).pdf)[0]
    for text in ("支弁区分変更決定通知書", "変更前の支弁区分第Ⅲ区分（令和8年9月30日まで）", "失業", "変更決定しました"):
        assert text in page
    assert "変更" not in pages_of(render_pdf("determination_notice", samples.notices(1)).pdf)[0]


def test_a_settled_determination_says_nothing_of_unconfirmed() -> None:
    data = samples.notices(1)
    data["documents"][0]["standing"] = ""
    assert "未確認" not in pages_of(render_pdf("determination_notice", data).pdf)[0]


def test_a_ledger_that_grows_repeats_head_name_and_page_number() -> None:
    data = samples.ledgers(2)
    data["documents"][0] = samples.ledger(0, items=12)
    pages = pages_of(render_pdf("pupil_ledger", data).pdf)
    assert len(pages) == 3
    assert "1/2" in pages[0]
    for expected in ("2/2", "見本花子台帳-00001", "経費項目", "サンプル"):
        assert expected in pages[1]
    assert "1/1" in pages[2]


def test_absent_amounts_are_a_dash_and_minus_is_a_triangle() -> None:
    data = samples.notices(1)
    data["documents"][0]["income"] = None
    data["documents"][0]["need"] = -1_500
    page = pages_of(render_pdf("determination_notice", data).pdf)[0]
    assert "収入額（年額）–" in page
    assert "△1,500円" in page


def test_a_month_without_amounts_is_blank_on_a_ledger() -> None:
    data = samples.ledgers(1)
    data["documents"][0]["items"] = [samples.ledger_item("学校給食費", 1_000)]
    page = pages_of(render_pdf("pupil_ledger", data).pdf)[0]
    subsidy_of_eleven_months, paid_elsewhere = 11, 1
    assert page.count("–") == subsidy_of_eleven_months + paid_elsewhere
    for total in ("11,000", "5,500"):
        assert total in page


def test_text_is_text_and_never_markup() -> None:
    hostile = '#panic("x") $1/0$ *太* _斜_ `字` <end-0> @end-0 \\ // /* #read("/etc/passwd") ]"]'
    data = samples.notices(1)
    data["documents"][0]["guardian"] = hostile
    rendered = render_pdf("determination_notice", data)
    assert "".join(hostile.split()) in pages_of(rendered.pdf)[0]
    assert rendered.pages == 1


def test_a_name_of_sixty_characters_stays_on_its_page() -> None:
    data = samples.notices(1)
    data["documents"][0]["guardian"] = "長" * 60
    assert render_pdf("determination_notice", data).pages == 1


def test_the_same_data_give_the_same_bytes() -> None:
    assert render_pdf("payment_slip", samples.slips(2)).pdf == render_pdf("payment_slip", samples.slips(2)).pdf


def test_a_large_print_is_whole_after_its_memory_was_freed() -> None:
    assert render_pdf("payment_slip", samples.slips(40)).pages == 40
    assert render_pdf("payment_slip", samples.slips(1)).pages == 1


@pytest.mark.parametrize("form", ["", "common", "../secret", "blank"])
def test_unknown_forms_are_refused(form: str) -> None:
    with pytest.raises(TypesettingError, match="ありません"):
        render_pdf(form, samples.notices(1))


def test_missing_data_are_refused_without_showing_the_rest() -> None:
    data = {"sample": True, "printed": samples.PRINTED, "documents": [{"number": "1", "guardian": "見本　太郎"}]}
    with pytest.raises(TypesettingError, match="組めませんでした") as refused:
        render_pdf("determination_notice", data)
    assert "見本" not in str(refused.value)


def test_matplotlib_is_never_imported() -> None:
    code = (
        "import sys\nfrom typesetting.fonts import default_fonts, read\n"
        "assert read(default_fonts()[0]).family == 'IPAexGothic'\n"
        "assert not any(name.startswith('matplotlib') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
