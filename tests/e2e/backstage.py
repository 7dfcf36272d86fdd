"""What happens out of sight of the browser, done in processes of the demo's own environment."""

from __future__ import annotations

import json

from tests.support.demo_run import DemoRun

_START_WORK = """
import os
from pathlib import Path
from ops.demo.environment import set_up
set_up()
from ops.demo.prefectures import SAMPLE_PREFECTURES
from ops.demo.processes import Processes
from ops.demo.simulators import start_simulator, wait_until_ready
from ops.demo.workers import start_workers

var = Path(os.environ["SHOREI_VAR"])
processes = Processes(var)
sample = next(sample for sample in SAMPLE_PREFECTURES if sample.slug == "osaka")
start_simulator(sample, var / "demo" / "small-7", var, processes)
start_workers(processes)
wait_until_ready(processes, ["atena-osaka"])
"""

_LOG_IN_AT_NIGHT = """
import datetime, uuid
from ops.demo.environment import set_up
set_up()
from django.db import transaction
from django.utils import timezone
from accounts.hooks import LoginSeen
from accounts.models import User
from audit.detection import watch
from tenants.core.context import prefecture_context
from tenants.core.models import Prefecture

with prefecture_context(Prefecture.objects.get(slug="nara")), transaction.atomic():
    user = User.objects.get(username="approver")
    night = timezone.localtime().replace(hour=23, minute=41, second=0, microsecond=0) - datetime.timedelta(days=1)
    watch.login_seen(LoginSeen(user.pk, uuid.uuid4(), night, "T-YORU-0001", False, ("approver",), "totp"))
"""


def start_work(demo: DemoRun) -> None:
    """Workers, beat, and the simulator of 大阪 (it answers through files)."""
    demo.python("-c", _START_WORK)


def log_in_at_night(demo: DemoRun) -> None:
    """Tell the watch of a log-in of 見本 承認子 at 23:41 yesterday: the real rule judges it, whatever the time is now."""
    demo.python("-c", _LOG_IN_AT_NIGHT)


def names_of_people(demo: DemoRun) -> set[str]:
    """Names of the families of 奈良: nobody at the console may ever see one."""
    found = demo.python("-c", _NAMES)
    return set(json.loads(found.splitlines()[-1]))


_NAMES = """
import json
from ops.demo.environment import set_up
set_up()
from domain.households.models import Member
from tenants.core.context import prefecture_context
from tenants.core.models import Prefecture

with prefecture_context(Prefecture.objects.get(slug="nara")):
    print(json.dumps(list(Member.objects.values_list("name", flat=True))))
"""
