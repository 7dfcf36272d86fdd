"""An application for a prefecture whose 団体コード is registered already: the same again, or what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tenants.console.first_manager import stated_manager
from tenants.console.models import OnboardingStep
from tenants.console.stated_schools import Cells, as_cells
from tenants.core.models import Prefecture

if TYPE_CHECKING:
    from tenants.console.onboarding import PrefectureRequest


def refusal(registered: Prefecture, request: PrefectureRequest) -> str:
    """Why a repeated application is not carried out; "" when it states what the first one did."""
    found = list(_differences(registered, request))
    if not found:
        return ""
    return (
        f"団体コード「{registered.code}」は「{registered.name}」として登録済みです。申込の内容が登録と違うため、"
        f"何も実行していません。違うところ: {'、'.join(found)}。別の団体の導入なら、団体コードを直してください。"
        "導入の手順をもう一度実行するときは、申込を登録と同じ内容にしてください。"
        "登録した後の学校の追加と変更は、その団体が「学校」の画面で行います。"
    )


def _differences(registered: Prefecture, request: PrefectureRequest) -> Iterator[str]:
    pairs = (
        ("名称", registered.name, request.name.strip()),
        ("ホスト名の先頭", registered.slug, request.slug),
        ("取扱年度", registered.working_year, request.working_year),
        ("サンプル", _yes(registered.sample), _yes(request.sample)),
        ("最初の管理者", stated_manager(registered.code), request.manager),
        ("学校", _listed(_stated_before(registered)), _listed(as_cells(request.schools))),
    )
    for name, before, now in pairs:
        if before != now:
            yield f"{name}（登録「{before}」、申込「{now}」）"


def _stated_before(registered: Prefecture) -> Cells:
    step = OnboardingStep.objects.filter(prefecture_code=registered.code, name=OnboardingStep.Name.SCHOOLS).first()
    stated: Cells = step.stated if step else []
    return stated


def _listed(schools: Cells) -> str:
    return "・".join(" ".join(filter(None, cells)) for cells in schools) or "なし"


def _yes(value: bool) -> str:
    return "はい" if value else "いいえ"
