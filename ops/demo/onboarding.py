"""Run in a process with the owner login: lays out the databases and brings in the three sample prefectures."""

from __future__ import annotations

from ops.demo.environment import set_up


def main() -> None:
    set_up(login="owner")
    from django.conf import settings

    from ops.demo.people import FIRST_MANAGER
    from ops.demo.prefectures import FISCAL_YEAR, SAMPLE_PREFECTURES
    from ops.embedded.servers import secret
    from ops.provision import lay_out_databases
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import PrefectureRequest, onboard
    from tenants.core import versions
    from tenants.core.models import Prefecture
    from tenants.core.provisioning import upgrade_public

    lay_out_databases(
        settings, superuser_password=secret(settings.VAR, "postgres"), port=settings.DATABASES["default"]["PORT"]
    )
    upgrade_public()
    ready = Prefecture.objects.filter(state=Prefecture.State.LIVE, migrations=versions.of_the_code())
    done = set(ready.values_list("code", flat=True))
    for sample in (sample for sample in SAMPLE_PREFECTURES if sample.code not in done):
        request = PrefectureRequest(
            sample.code, sample.name, sample.slug, FISCAL_YEAR, FirstManager(*FIRST_MANAGER), sample=True
        )
        onboard(request, state="live")


if __name__ == "__main__":
    main()
