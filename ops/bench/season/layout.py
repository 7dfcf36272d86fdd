"""Run in a process with the owner login: the databases and the prefectures of a season, empty."""

from __future__ import annotations

import argparse

from ops.demo.environment import set_up


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.bench.season.layout", description=__doc__)
    parser.add_argument("--prefectures", type=int, required=True, help="0: one of each link")
    options = parser.parse_args()
    set_up(login="owner")
    from django.conf import settings

    from ops.bench.households import FISCAL_YEAR
    from ops.bench.season.prefectures import country, one_of_each
    from ops.embedded.servers import secret
    from ops.provision import lay_out_databases
    from tenants.console.first_manager import FirstManager
    from tenants.console.onboarding import PrefectureRequest, onboard
    from tenants.core.provisioning import upgrade_public

    lay_out_databases(
        settings, superuser_password=secret(settings.VAR, "postgres"), port=settings.DATABASES["default"]["PORT"]
    )
    upgrade_public()
    for each in country(options.prefectures, 0) if options.prefectures else one_of_each(0):
        onboard(
            PrefectureRequest(
                each.code, each.name, each.slug, FISCAL_YEAR, FirstManager("mihon-hatsuko", "見本 初子"), sample=True
            ),
            state="live",
        )


if __name__ == "__main__":
    main()
