"""決定通知書 and 調書: amounts, the household's category, standing, 支援措置; who is noticed when."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from domain.households.models import Household
from domain.reports import services
from domain.reports.errors import NothingNew
from domain.reports.gathering import notices
from domain.reports.targets import Target
from domain.statements.models import Computation, Determination, PupilCategory, Statement
from tests.domain.reports import support
from tests.support import records
from tests.support.records import YEAR

SECRET = "秘密市隠町9-9"


@pytest.fixture
def school(in_a: Any) -> Any:
    return records.school("S01")


def test_a_notice_says_what_was_decided(school: Any) -> None:
    support.decided_homes(school, 1, postal_code="000-0001")
    support.done(services.start_notices(YEAR, "S01"))
    (output,) = support.outputs()
    (page,) = support.pages(output)
    run = Computation.objects.get()
    need = run.annual_need_numerator or 0
    for text in (
        "支弁区分決定通知書",
        "令和7年度",
        "見本太郎様",
        f"{support.NET:,}円",
        f"{need:,}円",
        f"世帯の支弁区分第{'ⅠⅡⅢ'[(run.category or 0) - 1]}区分",
        "倍未満のため、支弁区分は",
        "令和7年4月1日から令和8年3月31日まで",
        "見本一郎",
        "小学部3年",
        "決裁7",
        "〒000-0001",
        "サンプル市見本町1-1",
        "【団体登録】",
        "サンプル甲県教育委員会",
        "サンプル",
    ):
        assert "".join(text.split()) in page, text
    assert (output.documents, output.pages, output.school_code) == (1, 1, "S01")
    assert Statement.objects.get().state == Statement.State.NOTICED


def test_the_notice_has_the_household_category_and_says_why_a_pupil_differs(school: Any) -> None:
    support.decided_homes(school, 1)
    Determination.objects.update(household_category=1)
    PupilCategory.objects.update(category=3, reason="institution")
    support.done(services.start_notices(YEAR, "S01"))
    (page,) = support.pages(support.outputs()[0])
    assert "世帯の支弁区分第Ⅰ区分" in page
    assert "措置費受給(施設生)による" in page


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"on_welfare": True}, "生活保護による"),
        ({"decline": Household.Decline.PARTIAL}, "一部辞退による"),
        ({"decline": Household.Decline.FULL}, "完全辞退による、支弁区分はありません"),
    ],
)
def test_fixed_categories_give_their_reason(school: Any, values: dict[str, Any], text: str) -> None:
    support.decided_homes(school, 1, **values)
    support.done(services.start_notices(YEAR, "S01"))
    assert text in support.pages(support.outputs()[0])[0]


def test_a_protected_address_is_on_no_form(school: Any) -> None:
    support.decided_homes(school, 1, address=SECRET, address_hidden=True, year_end_address=SECRET)
    support.done(services.start_notices(YEAR, "S01"))
    support.done(services.start_statements(YEAR, "S01"))
    texts = ["".join(support.pages(output)) for output in support.outputs()]
    assert len(texts) == 2
    assert not any("秘密市" in text or "隠町" in text for text in texts)
    assert "支援措置のため記載しません" in texts[1]


def test_a_statement_shows_the_way_to_its_category(school: Any) -> None:
    support.home(school)
    support.computed()
    support.done(services.start_statements(YEAR, "S01"))
    text = "".join(support.pages(support.outputs()[0]))
    run = Computation.objects.get()
    for expected in (
        "収入額・需要額調書",
        f"{support.INCOME:,}",
        "445,000",
        f"{support.NET:,}",
        f"{(run.annual_need_numerator or 0) // 12:,}",
        "生活扶助第1類",
        "資料1",
        "情報照会",
        "サンプル市見本町1-1",
        "未確認",
        "令和6年12月31日",
    ):
        assert expected in text, expected


def test_only_decided_households_get_a_notice_and_only_of_the_school(school: Any) -> None:
    support.decided_homes(school, 2)
    support.home(records.school("S02"))
    records.family(school)
    support.computed()
    job = support.done(services.start_notices(YEAR, "S01"))
    assert job.counts == {"ファイル": 1, "部数": 2, "ページ": 2, "〓": 0}


def test_more_notices_ask_the_database_no_more(school: Any) -> None:
    support.decided_homes(school, 4)
    target = Target(YEAR, school)
    ids = notices.select(target)
    asked = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(connection) as queries:
            gathered = notices.gather(target, some)
        assert all("倍未満のため" in document["reason"] for document in gathered.documents)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_school_without_decisions_makes_no_file(school: Any) -> None:
    job = support.done(services.start_notices(YEAR, "S01"))
    assert (support.outputs(), job.counts["部数"]) == ([], 0)


def test_asking_again_gives_the_same_job_and_a_new_decision_a_new_file(school: Any) -> None:
    support.decided_homes(school, 1)
    job = support.done(services.start_notices(YEAR, "S01"))
    assert services.start_notices(YEAR, "S01") == job
    support.home(school)
    support.decided(school)
    again = services.start_notices(YEAR, "S01")
    assert again != job
    support.done(again)
    assert [output.documents for output in support.outputs()] == [1, 2]
    assert len({output.subject for output in support.outputs()}) == 1


def test_only_what_was_newly_decided_is_made_once(school: Any) -> None:
    support.decided_homes(school, 2)
    first = support.done(services.start_new_notices(YEAR, "S01"))
    assert first.counts["部数"] == 2
    with pytest.raises(NothingNew, match="決定通知書をまだ作っていない決定はありません"):
        services.start_new_notices(YEAR, "S01")
    new = support.home(school)
    support.decided(school)
    job = services.start_new_notices(YEAR, "S01")
    assert services.start_new_notices(YEAR, "S01") == job
    assert support.done(job).counts["部数"] == 1
    assert Statement.objects.get(household=new).state == "noticed"
    output = support.outputs("notice")[-1]
    assert output.title.endswith("（新しく決定した分）")
    assert new.number in "".join(support.pages(output))
    assert support.done(services.start_notices(YEAR, "S01")).counts["部数"] == 3


def test_the_print_is_recorded_with_everybody_on_it_before_it_is_set(
    school: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.trail.recorder import TrailUnavailable

    support.decided_homes(school, 2)
    noted: list[Any] = []

    def away(event: Any, **facts: Any) -> None:
        noted.append((event, facts))
        raise TrailUnavailable

    monkeypatch.setattr("domain.reports.making.record_access", away)
    from jobs.running import run_job

    job = services.start_notices(YEAR, "S01")
    run_job(job.pk)
    assert (support.outputs(), support.on_disk()) == ([], [])
    ((event, facts),) = noted
    assert event == "print:notice:made"
    assert [subject.kind for subject in facts["subjects"]] == ["school", "statement", "statement"]
    assert Statement.objects.filter(state=Statement.State.NOTICED).count() == 0
