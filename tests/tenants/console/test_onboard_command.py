"""`manage.py onboard`: the documented file comes in, and every mistake in a file is named in Japanese."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tenants.console.test_owner_jobs import CODE, ROOT, really_operator

__all__ = ["really_operator"]

GUIDE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)


def onboard(path: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "SHOREI_DATABASE_LOGIN"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    command = [sys.executable, "-W", "ignore", "manage.py", "onboard", str(path)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.slow
def test_the_documented_file_comes_in_by_a_plain_command(really_operator: None, tmp_path: Path) -> None:
    from tenants.console.models import OnboardingStep
    from tenants.core.context import console_context
    from tenants.core.models import Prefecture

    assert len(EXAMPLE) == 1
    path = tmp_path / "prefecture.toml"
    path.write_text(EXAMPLE[0], encoding="utf-8")
    done = onboard(path)
    assert done.returncode == 0, done.stderr
    with console_context():
        prefecture = Prefecture.objects.get(code=CODE)
        assert (prefecture.name, prefecture.state) == ("サンプル広島県", "testing")
        assert not OnboardingStep.objects.filter(prefecture_code=CODE).exclude(state="done").exists()
    assert "学校を1校登録しました" in done.stdout


GOOD = 'code = "340006"\nname = "サンプル広島県"\nslug = "hiroshima"\nworking_year = 2025\n'
MANAGER = '[manager]\nusername = "hiro-0001"\nname = "サンプル 広子"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code = \n", "1行目"),
        ('code = "340006', "TOMLの書き方になっていません"),
        (GOOD + 'town = "x"\n', "「town」は知らない項目です"),
        (GOOD.replace("code", "# code", 1), "「code」がありません"),
        (GOOD.replace('"340006"', "340006"), "「code」の書き方が違います（団体コード。引用符で囲んだ6桁の数字"),
        (GOOD.replace("2025", '"2025"'), "「working_year」の書き方が違います"),
        (GOOD.replace("2025", "true"), "「working_year」の書き方が違います"),
        (GOOD + 'sample = "yes"\n' + MANAGER, "true か false"),
        (GOOD + "schools = 3\n" + MANAGER, "[[schools]]"),
        (GOOD, "「manager」がありません"),
        (GOOD + 'manager = "hiro-0001"\n', "「manager」の書き方が違います"),
        (GOOD + MANAGER.replace("username", "id"), "manager の「id」は知らない項目です"),
        (GOOD + MANAGER.replace('"hiro-0001"', "7"), "manager の「username」がないか、書き方が違います"),
        (GOOD + "[manager]\nusername = 'hiro-0001'\n", "manager の「name」がないか"),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(tmp_path: Path, text: str, words: str) -> None:
    from tenants.console.stated import read_request

    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(words)):
        read_request(path)


def test_a_file_that_cannot_be_read_is_told_in_japanese(tmp_path: Path) -> None:
    from tenants.console.stated import StatedWrong, read_request

    with pytest.raises(StatedWrong, match="がありません"):
        read_request(tmp_path / "none.toml")
    with pytest.raises(StatedWrong, match="を開けません"):
        read_request(tmp_path)
    sjis = tmp_path / "sjis.toml"
    sjis.write_bytes("name = '奈良県'".encode("cp932"))
    with pytest.raises(StatedWrong, match="UTF-8"):
        read_request(sjis)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("slug", "console", "運用コンソールが使っています"),
        ("slug", "Nara!", "英小文字で始まる"),
        ("working_year", 1999, "「1999」は扱えません。西暦2000から2100まで"),
    ],
)
def test_the_right_reason_is_given(key: str, value: object, words: str) -> None:
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import PrefectureRequest

    stated = {"code": "340006", "name": "サンプル", "slug": "hiroshima", "working_year": 2025, key: value}
    stated["manager"] = FirstManager("hiro-0001", "サンプル 広子")
    (found,) = PrefectureRequest(**stated).problems()  # type: ignore[arg-type]
    assert found[0] == key
    assert words in found[1]


def request_for(prefecture: Any, **changed: Any) -> Any:
    from tenants.console.first_manager import stated_manager
    from tenants.console.onboarding import PrefectureRequest

    kept = {"manager": stated_manager(prefecture.code)} | {
        name: getattr(prefecture, name) for name in ("code", "name", "slug", "working_year", "sample")
    }
    return PrefectureRequest(**kept | changed)


def test_the_same_application_again_is_the_same_prefecture(prefecture_a: Any, in_console: None) -> None:
    from tenants.console.onboarding import register

    assert register(request_for(prefecture_a)) == prefecture_a


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", "サンプル別県", "名称（登録「{0.name}」、申込「サンプル別県」）"),
        ("slug", "betsu", "ホスト名の先頭（登録「{0.slug}」、申込「betsu」）"),
        ("working_year", 2030, "取扱年度（登録「{0.working_year}」、申込「2030」）"),
        ("manager", None, "最初の管理者（登録「サンプル 初子（hatsuko）」、申込「サンプル 後子（nochiko）」）"),
        ("sample", False, "サンプル（登録「はい」、申込「いいえ」）"),
    ],
)
def test_a_registered_code_with_something_else_stated_is_refused(
    prefecture_a: Any, in_console: None, key: str, value: object, words: str
) -> None:
    from tenants.console.errors import RequestRefused
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import register

    value = FirstManager("nochiko", "サンプル 後子") if key == "manager" else value
    with pytest.raises(RequestRefused, match=re.escape(words.format(prefecture_a))) as refused:
        register(request_for(prefecture_a, **{key: value}))
    assert "何も実行していません" in str(refused.value)


def test_schools_that_the_registration_did_not_name_are_not_dropped_in_silence(
    prefecture_a: Any, in_console: None
) -> None:
    from tenants.console.errors import RequestRefused
    from tenants.console.onboarding import register
    from tenants.console.stated_schools import from_tables

    schools = from_tables([{"code": "S9", "name": "見本第九校"}])
    with pytest.raises(RequestRefused, match="学校（登録「なし」、申込「S9 見本第九校」）"):
        register(request_for(prefecture_a, schools=schools))
