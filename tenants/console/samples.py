"""What 接続試験 and the prefecture's own trial of sample files tell each other: a version goes there, findings without values come back."""

from __future__ import annotations

from domain.atena_trials import services as trials
from integrations.atena_adapters.port import CheckResult, CheckState
from tenants.console.models import AdapterDraft
from tenants.core import versions
from tenants.core.context import prefecture_context


def exchange(draft: AdapterDraft) -> list[CheckResult]:
    """As the owner: hand the version over for trying, and bring the findings about it."""
    prefecture = draft.prefecture
    if prefecture.migrations != versions.of_the_code():
        text = "団体の表がまだないか古いため、見本ファイルの試験ができません。"
        return [CheckResult(trials.CHECK, CheckState.FAILED, text, "導入の手順を終えてください。")]
    with prefecture_context(prefecture):
        trials.offer(draft.version, draft.config)
        return trials.findings(draft.version)
