"""Bringing a prefecture in: a list of steps, each with who, when and report, each safe to run again.

The first step (台帳登録) is a row in the registry and is done by the console itself. The others need the owner login and run as a job.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import SamePerson
from accounts.models import User
from accounts.second_person import LAPSES_AFTER, has_lapsed
from audit.detection.models import ServiceHours
from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.setup import open_scope
from audit.trail.vocabulary import Event
from domain.households import canaries
from domain.households.models import School
from domain.households.schools import keeping
from domain.households.schools.reading import SchoolFacts
from tenants.console import first_manager, restated
from tenants.console.errors import RequestRefused
from tenants.console.first_manager import BEFORE_LIVE, HANDOVER_PURPOSE, FirstManager
from tenants.console.models import OnboardingStep
from tenants.console.stated_schools import as_cells, facts_of_cells
from tenants.core import files, keys, provisioning
from tenants.core.context import console_context, gateway_context, prefecture_context
from tenants.core.models import Host, Prefecture, new_schema_name

Step = OnboardingStep.Name
ANEW = "手順「テナント管理者の登録」をもう一度実行すると、新しいコードを用意します。"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class PrefectureRequest:
    """What an operator states about a new prefecture."""

    code: str
    name: str
    slug: str
    working_year: int
    manager: FirstManager
    """The person who manages the accounts first, and whom the first 利用開始コード is for."""
    sample: bool = False
    schools: tuple[SchoolFacts, ...] = ()
    """The first 学校, if the application names any; the board registers others itself."""

    def check(self) -> None:
        for field, message in self.problems():
            raise RequestRefused(message, field)

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong, as (entry, message)."""
        if not is_local_government_code(self.code):
            yield (
                "code",
                f"団体コード「{self.code}」の検査数字が合いません。6桁の数字で入力してください（例: 290009）。",
            )
        if self.slug == settings.CONSOLE_HOST.partition(".")[0]:
            yield "slug", f"ホスト名「{self.slug}」は運用コンソールが使っています。別の名前にしてください（例: nara）。"
        elif not re.fullmatch(r"[a-z][a-z0-9-]{1,29}", self.slug):
            yield (
                "slug",
                "ホスト名の先頭は、英小文字で始まる2〜30字の英小文字・数字・ハイフンにしてください（例: nara）。",
            )
        if not self.name.strip():
            yield "name", "名称を入力してください（例: 奈良県教育委員会）。"
        if not FIRST_YEAR <= self.working_year <= LAST_YEAR:
            yield (
                "working_year",
                f"取扱年度「{self.working_year}」は扱えません。西暦{FIRST_YEAR}から{LAST_YEAR}までの年度にしてください（例: 2025）。",
            )
        yield from self.manager.problems()


def is_local_government_code(code: str) -> bool:
    """全国地方公共団体コード: five digits and a check digit with weights 6 5 4 3 2, modulus 11."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=False))
    return int(code[5]) == (11 - total % 11) % 10


@transaction.atomic
def register(request: PrefectureRequest) -> Prefecture:
    """台帳登録: the row and its host name. The same application again gives the same prefecture.

    Raises RequestRefused, also for a registered code with anything else stated.
    """
    request.check()
    existing: Prefecture | None = Prefecture.objects.filter(code=request.code).first()
    if existing is not None:
        if differs := restated.refusal(existing, request):
            raise RequestRefused(differs, "code")
        return existing
    if Prefecture.objects.filter(slug=request.slug).exists():
        raise RequestRefused(
            f"ホスト名「{request.slug}」は、ほかの団体が使っています。別の名前にしてください。", "slug"
        )
    prefecture: Prefecture = Prefecture.objects.create(
        code=request.code,
        name=request.name.strip(),
        slug=request.slug,
        working_year=request.working_year,
        sample=request.sample,
        schema_name=new_schema_name(),
    )
    Host.objects.create(domain=f"{request.slug}.{settings.BASE_DOMAIN}", tenant=prefecture, is_primary=True)
    stated = {Step.SCHOOLS: as_cells(request.schools), Step.ADMINISTRATOR: request.manager.as_cells()}
    for name in Step:
        kept = {"stated": stated.get(name, [])}
        OnboardingStep.objects.get_or_create(prefecture_code=request.code, name=name, defaults=kept)
    _note(request.code, Step.REGISTER, OnboardingStep.State.DONE, "台帳に登録しました")
    record(Event.CONSOLE_PREFECTURE_ONBOARDED, subjects=[Subject("prefecture", request.code)])
    return prefecture


def run_steps(code: str, report: Callable[[int, int, str], None] = lambda *_: None, *, only: str = "") -> Prefecture:
    """The steps after registration, as the owner, outside of a transaction. `report(done, total, step)` between them.

    A failing step is noted with its report and stops the run; running again goes through all steps once more, or
    through the one named by `only`.
    """
    provisioning.require_owner()
    prefecture: Prefecture = Prefecture.objects.get(code=code)
    steps = {name: step for name, step in STEPS.items() if only in ("", name)}
    for done, (name, step) in enumerate(steps.items()):
        report(done, len(steps), name.label)
        _run_step(prefecture, name, step)
    report(len(steps), len(steps), "完了")
    return prefecture


def open_for_tests(prefecture: Prefecture) -> None:
    """準備中 → 接続試験, once every step is done."""
    waiting = OnboardingStep.objects.filter(prefecture_code=prefecture.code).exclude(state=OnboardingStep.State.DONE)
    if waiting.exists():
        raise RequestRefused("終わっていない導入手順があります。先に導入手順を完了してください。")
    change_state(prefecture, Prefecture.State.TESTING)


@transaction.atomic
def change_state(prefecture: Prefecture, state: str) -> None:
    """Only a prefecture under test or live takes requests and jobs."""
    before = prefecture.state
    prefecture.state = state
    prefecture.save(update_fields=["state"])
    record(
        Event.CONSOLE_STATE_CHANGED,
        subjects=[Subject("prefecture", prefecture.code)],
        detail={"before": str(before), "after": str(state)},
    )


def take_handover(step: OnboardingStep, user: User) -> str:
    """The activation code of the first administrator; shown once, then gone. The prefecture's own trail hears of it first.

    The two lie behind different logins. Whoever is interrupted in between finds the code still waiting: the prefecture may hear of
    it twice, never too little.

    Raises RequestRefused, and SamePerson for whoever registered the prefecture or had the code made.
    """
    _require_handover(step, user)
    prefecture = Prefecture.objects.get(code=step.prefecture_code)
    with prefecture_context(prefecture), transaction.atomic():
        record(
            Event.ACCOUNT_ACTIVATION_ISSUED,
            subjects=[Subject("prefecture", prefecture.code)],
            detail={"handover": True, "operator": user.username},
        )
    return _take_sealed(step, user)


def handover_refusal(step: OnboardingStep, user: User) -> str:
    """Why this operator may not see the activation code that waits; "" when they may. It waits as long as any second half."""
    if step.ended_at is not None and has_lapsed(step.ended_at):
        days = LAPSES_AFTER.days
        return f"{days}日のあいだ、だれも受け取りませんでした。期限が切れたため、もう表示できません。{ANEW}"
    registered = OnboardingStep.objects.get(prefecture_code=step.prefecture_code, name=Step.REGISTER)
    if str(user.pk) not in (registered.by_id, step.by_id):
        return ""
    return "台帳登録または管理者の登録を行った本人は、利用開始コードを受け取れません。別の運用者に依頼してください。"


def _require_handover(step: OnboardingStep, user: User) -> None:
    if not step.handover:
        raise RequestRefused("受け渡す内容は残っていません。必要なら手順をもう一度実行してください。")
    refusal = handover_refusal(step, user)
    if refusal:
        raise SamePerson(refusal)


def _take_sealed(step: OnboardingStep, user: User) -> str:
    with transaction.atomic():
        locked = OnboardingStep.objects.select_for_update().get(pk=step.pk)
        _require_handover(locked, user)
        text = keys.unseal(HANDOVER_PURPOSE, bytes(locked.handover), locked.prefecture_code).decode()
        locked.handover = b""
        locked.save(update_fields=["handover"])
        record(Event.ACCOUNT_ACTIVATION_ISSUED, subjects=[Subject("prefecture", locked.prefecture_code)])
    return text


def _run_step(prefecture: Prefecture, name: OnboardingStep.Name, step: Callable[[Prefecture], str]) -> None:
    _note(prefecture.code, name, OnboardingStep.State.RUNNING, "")
    try:
        outcome = step(prefecture)
    except Exception as error:
        _note(prefecture.code, name, OnboardingStep.State.FAILED, f"失敗しました（{type(error).__name__}）。")
        record(Event.CONSOLE_STEP_FAILED, subjects=[Subject("prefecture", prefecture.code)], detail={"step": str(name)})
        raise
    _note(prefecture.code, name, OnboardingStep.State.DONE, outcome)
    record(Event.CONSOLE_STEP_DONE, subjects=[Subject("prefecture", prefecture.code)], detail={"step": str(name)})


def _note(code: str, name: str, state: str, report: str) -> None:
    now = timezone.now()
    times: dict[str, object] = {"started_at": now} if state == OnboardingStep.State.RUNNING else {"ended_at": now}
    # Whoever registers stays the first person; whoever has the code made is noted with the code (first_manager.register).
    if name == Step.REGISTER:
        times["by_id"] = current_actor().id
    OnboardingStep.objects.update_or_create(
        prefecture_code=code,
        name=name,
        defaults={"state": state, "report": report, "by": current_actor().name, **times},
    )


def _schema(prefecture: Prefecture) -> str:
    provisioning.create_schema(prefecture)
    return "保存領域を用意しました"


def _migrate(prefecture: Prefecture) -> str:
    return "表を作成しました" if provisioning.migrate(prefecture) else "表は最新です"


def _login(prefecture: Prefecture) -> str:
    provisioning.open_login(prefecture)
    return "この団体専用の接続権限を付与しました"


def _keys(prefecture: Prefecture) -> str:
    provisioning.ensure_scope_key(prefecture.schema_name, prefecture.schema_name)
    with prefecture_context(prefecture):
        keys.seal(
            files.PURPOSE, b"", "first use"
        )  # made now, not inside a transaction that may be undone after a file was written
    return "鍵を用意しました"


def _audit(prefecture: Prefecture) -> str:
    open_scope(prefecture.schema_name)
    return "監査記録の閲覧権限を用意しました"


def _seed(prefecture: Prefecture) -> str:
    with prefecture_context(prefecture):
        ServiceHours.objects.get_or_create(pk=1)
    return "利用時間の初期値を登録しました"


def _schools(prefecture: Prefecture) -> str:
    """Those the application names and nobody has registered since; what the board changed stays."""
    with console_context():
        step = OnboardingStep.objects.get(prefecture_code=prefecture.code, name=Step.SCHOOLS)
        stated = facts_of_cells(step.stated)
    with prefecture_context(prefecture), transaction.atomic():
        known = set(School.objects.values_list("code", flat=True))
        new = [facts for facts in stated if facts.code not in known]
        for facts in new:
            keeping.register(facts)
        if prefecture.state in BEFORE_LIVE:
            canaries.seed()
    if not stated:
        return "申込に学校はありません。教育委員会が「学校」の画面で登録します"
    return f"学校を{len(new)}校登録しました" if new else "学校は登録済みです"


STEPS: dict[OnboardingStep.Name, Callable[[Prefecture], str]] = {
    Step.SCHEMA: _schema,
    Step.MIGRATE: _migrate,
    Step.LOGIN: _login,
    Step.KEYS: _keys,
    Step.AUDIT: _audit,
    Step.SEED: _seed,
    Step.SCHOOLS: _schools,
    Step.ADMINISTRATOR: first_manager.register,
}


def onboard(request: PrefectureRequest, *, state: str = Prefecture.State.TESTING) -> Prefecture:
    """Registration and all steps in one call, as the owner (`manage.py onboard`, demo, tests)."""
    with console_context():
        prefecture = register(request)
        prefecture = run_steps(prefecture.code)
        if prefecture.state == Prefecture.State.PREPARING:
            change_state(prefecture, state)
    with gateway_context():
        onboarded: Prefecture = Prefecture.objects.get(code=request.code)
    return onboarded
