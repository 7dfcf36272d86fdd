"""Run in a process with the owner login: the databases and one empty sample prefecture."""

from __future__ import annotations

from ops.demo.environment import set_up

CODE, NAME, SLUG = "290009", "サンプル計測県", "keisoku"


def main() -> None:
    set_up(login="owner")
    from django.conf import settings

    from ops.bench.households import FISCAL_YEAR
    from ops.embedded.servers import secret
    from ops.provision import lay_out_databases
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import PrefectureRequest, onboard
    from tenants.core.provisioning import upgrade_public

    lay_out_databases(
        settings, superuser_password=secret(settings.VAR, "postgres"), port=settings.DATABASES["default"]["PORT"]
    )
    upgrade_public()
    onboard(
        PrefectureRequest(CODE, NAME, SLUG, FISCAL_YEAR, FirstManager("mihon-hatsuko", "見本 初子"), sample=True),
        state="live",
    )


if __name__ == "__main__":
    main()
