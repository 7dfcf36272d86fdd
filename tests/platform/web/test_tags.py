"""What the filters and tags write."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.forms import CharField, Form, HiddenInput
from django.http import QueryDict
from django.utils import timezone

from accounts.forms import JapaneseDateField
from tests.platform.web.conftest import Render
from tests.platform.web.samples import ForwardForm, Job, statement_rows, wrong_form
from web import charts
from web.components import Bar, Cell, Column, Pair, Place
from web.dates import fiscal_year_of
from web.fields import FreeTextField
from web.tables import chosen_sort


def show(render: Render, expression: str, **values: object) -> str:
    return render("{% load web %}" + expression, **values).strip()


@pytest.mark.parametrize(
    ("filter_name", "value", "shown"),
    [
        ("yen", 1200, "1,200"),
        ("yen", 0, "0"),
        ("yen", None, "–"),
        ("signed_yen", 1200, "＋1,200"),
        ("signed_yen", -1200, "－1,200"),
        ("signed_yen", 0, "0"),
        ("signed_yen", None, "–"),
        ("category", 1, "Ⅰ"),
        ("category", "II", "Ⅱ"),
        ("category", "Ⅲ", "Ⅲ"),
        ("category", None, "–"),
        ("wareki", None, "–"),
        ("wareki_moment", None, "–"),
        ("fiscal_year_label", 2026, "令和8年度"),
    ],
)
def test_filters(render: Render, filter_name: str, value: object, shown: str) -> None:
    assert show(render, f"{{{{ value|{filter_name} }}}}", value=value) == shown


@pytest.mark.parametrize("amount", [1.5, "1200", True])
def test_money_is_whole_yen_or_an_error(render: Render, amount: object) -> None:
    with pytest.raises(TypeError, match="整数の円"):
        show(render, "{{ value|yen }}", value=amount)


def test_a_category_is_never_guessed(render: Render) -> None:
    with pytest.raises(ValueError, match="支弁区分ではありません"):
        show(render, "{{ value|category }}", value=4)


def test_days_carry_the_iso_date_as_tooltip(render: Render) -> None:
    shown = show(render, "{{ day|wareki }}{{ day|wareki_short }}", day=date(2026, 4, 1))
    assert '<time datetime="2026-04-01" title="2026-04-01">令和8年4月1日</time>' in shown
    assert "R8.4.1</time>" in shown


def test_moments_are_shown_in_japan_time(render: Render) -> None:
    late = datetime(2026, 3, 31, 15, 5, tzinfo=UTC)
    assert "令和8年4月1日 0時05分" in show(render, "{{ at|wareki_moment }}", at=late)
    assert "令和8年4月1日" in show(render, "{{ at|wareki }}", at=late)


class State(TextChoices):
    DECIDED = "decided", "決定"
    ODD = "odd", "見慣れない状態"


@pytest.mark.parametrize(
    ("state", "tone", "shape"),
    [
        ("決定", "done", "●"),
        ("審査中", "half", "◐"),
        ("未提出", "empty", "○"),
        ("要確認", "attention", "▲"),
        ("停止", "stopped", "■"),
        (State.DECIDED, "done", "●"),
        (State.ODD, "neutral", "◇"),
    ],
)
def test_a_state_is_word_shape_and_colour(render: Render, state: str, tone: str, shape: str) -> None:
    shown = show(render, "{{ state|state_mark }}", state=state)
    word = getattr(state, "label", state)
    assert shown == (
        f'<span class="state state-{tone}"><span class="state-shape" aria-hidden="true">{shape}</span>{word}</span>'
    )


def test_a_state_word_is_escaped(render: Render) -> None:
    assert "<b>" not in show(render, "{{ state|state_mark:'done' }}", state="<b>")


def test_a_wrong_field_names_error_and_example_to_a_screen_reader(render: Render) -> None:
    shown = show(render, "{% field form.born_on example='R6.4.1' %}", form=wrong_form())
    assert 'for="id_born_on"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_born_on_error id_born_on_help id_born_on_example"' in shown
    for part in ("error", "help", "example"):
        assert shown.count(f'id="id_born_on_{part}"') == 1
    assert 'value="昭和64年1月8日"' in shown
    assert "平成元年1月8日です" in shown


def test_an_optional_field_says_so_and_a_hidden_one_is_only_its_input(render: Render) -> None:
    form = ForwardForm()
    assert "任意" in show(render, "{% field form.reason %}", form=form)
    form.fields["reason"].widget = HiddenInput()
    assert show(render, "{% field form.reason %}", form=form).startswith('<input type="hidden"')


def test_a_field_says_one_example_and_no_need_where_nobody_must(render: Render) -> None:
    """A day field has an example within itself: beside the page's own there would be two that differ."""

    class Search(forms.Form):
        day = JapaneseDateField(label="使用日")
        words = forms.CharField(label="氏名", widget=forms.TextInput(attrs={"type": "search"}))
        box = forms.BooleanField(label="肢体重複", required=False)
        must = forms.BooleanField(label="確かめた")
        many = forms.MultipleChoiceField(label="部", required=False, widget=forms.CheckboxSelectMultiple)

    form = Search()
    assert "placeholder" in show(render, "{% field form.day %}", form=form)
    assert "placeholder" not in show(render, "{% field form.day example='R7.6.15' %}", form=form)
    for name, need in (("day", "必須"), ("words", ""), ("box", ""), ("must", "必須"), ("many", "任意")):
        shown = show(render, f"{{% field form.{name} %}}", form=form)
        assert [word for word in ("必須", "任意") if word in shown] == [need][: len(need)], name


def test_radio_buttons_are_a_group_with_a_legend(render: Render) -> None:
    shown = show(render, "{% field form.route %}", form=wrong_form())
    assert "<fieldset" in shown
    assert "<legend" in shown


def test_the_summary_links_each_error_to_its_field(render: Render) -> None:
    shown = show(render, "{% error_summary form other %}", form=wrong_form(), other=ForwardForm())
    assert "直すところが4件あります" in shown
    assert 'href="#id_born_on"' in shown
    assert 'href="#id_route_0"' in shown
    assert show(render, "{% error_summary form %}", form=ForwardForm()) == ""


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_a_digest_is_shown_by_its_beginning_and_unfolds(render: Render, prefix: str) -> None:
    whole = "0123456789abcdef" * 4
    shown = show(render, "{{ value|digest }}", value=prefix + whole)
    assert f"<summary><code>{whole[:16]}…</code>" in shown
    assert shown.endswith(f"<code>{whole}</code></details>")
    assert "sha256:" not in shown
    assert show(render, "{{ value|digest }}", value="") == "–"


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "令和8年12月31日まで"),
        (datetime(2026, 12, 31, 15, 1, tzinfo=UTC), "令和9年1月1日 0時01分まで"),
        (None, "–"),
    ],
)
def test_a_period_ends_on_its_last_day(render: Render, end: datetime | None, shown: str) -> None:
    assert show(render, "{{ value|until }}", value=end) == shown


class NoteForm(Form):
    name = CharField(label="名前", required=False)
    note = FreeTextField(label="事由")


@pytest.mark.parametrize(
    ("typed", "told", "untold"),
    [
        ({"name": "山田", "note": ""}, ["入力した内容はこの画面に残っています。"], ["もう一度入れて"]),
        ({"name": "山田", "note": "123456789018"}, ["「事由」はもう一度入れて", "ほかの入力はこの画面に残"], []),
        ({"name": "", "note": "123456789018"}, ["「事由」は残りません。"], ["ほかの入力"]),
        ({"name": "", "note": ""}, [], ["残っています", "残りません"]),
    ],
)
def test_the_summary_says_that_input_is_kept_only_where_the_page_shows_it(
    render: Render, typed: dict[str, str], told: list[str], untold: list[str]
) -> None:
    shown = show(render, "{% error_summary form %}", form=NoteForm(typed))
    assert "直すところが1件あります" in shown
    assert [words for words in told if words not in shown] == []
    assert [words for words in untold if words in shown] == []


def test_a_live_job_polls_itself_and_has_a_link_without_scripts(render: Render) -> None:
    shown = show(render, "{% progress job %}", path="/imports/3/?tab=1", job=Job())
    assert 'hx-get="/imports/3/?tab=1"' in shown
    assert 'hx-select="#job-5b1f"' in shown
    assert 'href="/imports/3/?tab=1"' in shown
    assert '<progress class="job-bar" max="2000" value="1200"' in shown
    assert "1,200 / 2,000件" in shown
    assert "画面を閉じても続きます" in shown
    assert "中止する" not in shown


def test_a_finished_job_rests_and_shows_its_counts(render: Render) -> None:
    shown = show(render, "{% progress job %}", job=Job(state="succeeded", counts={"新規": 1200}))
    assert "hx-get" not in shown
    assert "完了" in shown
    assert "1,200件" in shown
    failed = show(render, "{% progress job %}", job=Job(state="failed", error="2行目が読めません。"))
    assert "2行目が読めません。" in failed


def test_pagination_keeps_filters_and_marks_where_one_is(render: Render) -> None:
    page = Paginator(statement_rows(), 30).page(2)
    shown = show(render, "{% pagination page %}", page=page)
    assert 'href="?sort=kana&amp;state=attention&amp;page=3"' in shown
    assert '<span class="pagination-here" aria-current="page">2</span>' in shown
    assert "全95件のうち 31–60件" in shown


def test_one_page_needs_no_links(render: Render) -> None:
    assert "<a" not in show(render, "{% pagination page %}", page=Paginator(["x"], 30).page(1))


def test_a_second_use_of_a_sort_link_turns_the_order(render: Render) -> None:
    columns = [Column("世帯", "kana"), Column("区分"), Column("額", "yen", "円", number=True)]
    shown = show(render, "{% table_head columns %}", path="/?sort=kana&page=3&state=x", columns=columns)
    assert 'aria-sort="ascending"' in shown
    assert 'href="?state=x&amp;sort=-kana"' in shown
    assert shown.count("<a ") == 2
    assert "（円）" in shown
    assert "page=" not in shown


def test_only_offered_columns_sort() -> None:
    columns = [Column("世帯", "kana"), Column("区分")]
    assert chosen_sort(QueryDict("sort=-kana"), columns, "pk") == "-kana"
    for asked in ("", "sort=", "sort=password", "sort=--x", "sort=-"):
        assert chosen_sort(QueryDict(asked), columns, "pk") == "pk"


def test_the_place_with_the_longest_address_is_the_current_one(render: Render) -> None:
    nav = [Place("ホーム", "/"), Place("調書", "/statements/", 18), Place("支給", "/payments/", 0)]
    shown = show(render, "{% places nav %}", path="/statements/12/", nav=nav)
    assert shown.count("aria-current") == 1
    assert 'href="/statements/" class="place" aria-current="page"' in shown
    assert show(render, "{% places nav %}", nav=None) == ""


def test_a_page_of_ones_own_is_under_no_place(render: Render) -> None:
    nav = [Place("ホーム", "/"), Place("見守りの承認", "/review/loosenings/")]
    assert 'aria-current="page"' in show(render, "{% places nav %}", path="/review/incidents/", nav=nav)
    assert "aria-current" not in show(render, "{% places nav %}", path="/review/mine/", nav=nav, stands_apart=True)


def test_another_year_is_told_in_words(render: Render) -> None:
    this_year = fiscal_year_of(timezone.localdate())
    page = '{% extends "web/page.html" %}'
    assert "year-band" not in render(page, fiscal_year=this_year)
    assert "過ぎた年度を表示しています" in render(page, fiscal_year=this_year - 1)
    assert "これからの年度を表示しています" in render(page, fiscal_year=this_year + 1)


def test_sample_data_is_marked_on_every_base(render: Render) -> None:
    for base in ("page", "plain", "console"):
        source = f'{{% extends "web/{base}.html" %}}'
        assert "sample-ribbon" in render(source, is_sample=True)
        assert "sample-ribbon" not in render(source)


def test_the_signed_in_person_sees_role_last_login_and_the_way_out(render: Render) -> None:
    shown = render('{% extends "web/page.html" %}', last_login=datetime(2026, 6, 8, 0, 5, tzinfo=UTC))
    assert "見本　職員" in shown
    assert "学校事務担当" in shown
    assert "令和8年6月8日 9時05分" in shown
    assert '<form method="post" action="/accounts/logout/"' in shown


def test_the_console_looks_and_speaks_differently(render: Render) -> None:
    shown = render('{% extends "web/console.html" %}')
    assert '<body class="console"' in shown
    assert "個人の情報は表示されません" in shown


def test_the_longest_bar_fills_and_none_vanishes(render: Render) -> None:
    shown = show(render, '{% bar_chart "区分" bars "世帯" %}', bars=[Bar("Ⅰ", 100_000), Bar("Ⅱ", 1), Bar("Ⅲ", 0)])
    assert 'width="420"' in shown
    assert 'width="2"' in shown
    assert 'width="0"' in shown
    assert "表で見る" in shown
    assert shown.count('<th scope="row">') == 3


def test_pairs_share_one_scale_and_say_the_difference(render: Render) -> None:
    shown = show(render, '{% pair_chart "額" pairs "円" %}', pairs=[Pair("負担金", 100, 50), Pair("補助金", 0, 1)])
    assert 'width="340"' in shown
    assert 'width="170"' in shown
    assert 'width="3"' in shown
    assert 'width="0"' in shown
    assert "－50" in shown
    assert "＋1" in shown
    assert "表で見る" in shown


def test_a_matrix_says_each_move_by_sign_and_figure(render: Render) -> None:
    cells = [
        Cell("Ⅰ", "Ⅰ", 30, "same"),
        Cell("Ⅰ", "Ⅱ", 10, "less", "/there/"),
        Cell("Ⅱ", "Ⅰ", 0, "more"),
        Cell("Ⅱ", "Ⅱ", 5, "same"),
    ]
    shown = show(render, '{% matrix_chart "移動" places cells "世帯" %}', places=["Ⅰ", "Ⅱ"], cells=cells)
    assert "＝ 30" in shown
    assert "▼ 10" in shown
    assert "▲ 0" not in shown
    assert '<a href="/there/">10</a>' in shown
    assert shown.count("<rect") == 8
    assert "style=" not in shown
    assert "表で見る" in shown


def test_the_strength_of_a_cell_is_its_share_of_the_row() -> None:
    cells = [
        Cell("a", "a", 1, "same"),
        Cell("a", "b", 999, "less"),
        Cell("b", "a", 0, "more"),
        Cell("b", "b", 0, "same"),
    ]
    assert [drawn.strength for drawn in charts.draw_matrix(["a", "b"], cells)] == [1, 4, 0, 0]


def test_counters_have_their_own_units(render: Render) -> None:
    counts = {"ファイル": 3, "ページ": 240, "部数": 120, "〓": 2, "新規": 1200}
    shown = show(render, "{% progress job %}", job=Job(state="succeeded", counts=counts))
    for words in ("3個", "240ページ", "120部", "2か所", "1,200件"):
        assert f"<dd>{words}</dd>" in shown


def test_a_finished_job_leads_back_to_the_list_that_waits_for_it(render: Render) -> None:
    there = "/jobs/1/?after=/reports/"
    assert '<a href="/reports/">できたものの一覧を見る</a>' in show(
        render, "{% progress job %}", path=there, job=Job(state="succeeded")
    )
    for foreign in ("//evil.example/", "https://evil.example/", "/x?y=1"):
        assert "evil" not in show(
            render, "{% progress job %}", path=f"/jobs/1/?after={foreign}", job=Job(state="succeeded")
        )


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ '6308501'|postal_code }}", "〒630-8501"),
        ("{{ 12300|km }} {{ 5000|km }} {{ 1005|km }}", "12.3 5 1.005"),
        ("{{ '630-8501'|postal_code }}", "〒630-8501"),
        ("{{ ''|postal_code }}", ""),
        ("{{ '1-2'|grade }}", "1級地-2"),
        ("{{ 6|winter_zone }}", "Ⅵ区"),
    ],
)
def test_codes_of_addresses_have_one_form(render: Render, template: str, shown: str) -> None:
    assert show(render, template) == shown


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/", "/"),
        ("/review/incidents/3/", "/review/alerts/"),
        ("/review/months/2026-10/", "/review/months/"),
        ("/account/", ""),
    ],
)
def test_home_is_marked_on_its_own_page_alone_and_a_page_without_a_place_stands_under_its_room(
    render: Render, path: str, marked: str
) -> None:
    nav = [Place("ホーム", "/"), Place("警報", "/review/alerts/"), Place("月次点検", "/review/months/")]
    shown = show(render, "{% places nav %}", path=path, nav=nav)
    assert shown.count("aria-current") == bool(marked)
    assert not marked or f'href="{marked}" class="place" aria-current="page"' in shown
