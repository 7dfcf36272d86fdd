"""Celery's settings, drawn from Django's."""

from typing import Any

from celery.schedules import crontab
from django.conf import settings

broker_url = settings.BROKER_URL
broker_use_ssl = settings.BROKER_USE_SSL
broker_connection_retry_on_startup = True
broker_transport_options = {"visibility_timeout": 3600} if broker_url.startswith("redis") else {}
task_ignore_result = True
task_default_queue = "work"
task_serializer = "json"
accept_content = ["json"]
result_serializer = "json"
worker_enable_remote_control = False  # whoever can write to the broker could command the workers
task_acks_late = False  # the row's lease, not the broker, decides whether a job is redone
# What keeps the rest alive must never wait behind a long job: queues and workers of their own. What takes long at night
# (habits learnt, writes compared, old months disposed of) is with the watch and not with the relay and the sealing of each second,
# and a log server that does not answer is waited for where others wait for machines.
task_routes = {
    "jobs.sweep": {"queue": "upkeep"},
    "trail.relay": {"queue": "upkeep"},
    "trail.seal": {"queue": "upkeep"},
    "trail.hand_out": {"queue": "exchange"},
    "watch.sweep": {"queue": "watch"},
    "watch.learn": {"queue": "watch"},
    "watch.make_up": {"queue": "watch"},
    "trail.compare": {"queue": "watch"},
    "trail.dispose": {"queue": "watch"},
    "config.tidy_sessions": {"queue": "upkeep"},
    "review.note_deadlines": {"queue": "upkeep"},
    "impact.nightly": {"queue": "upkeep"},
    "linkage.check_waiting": {"queue": "upkeep"},
    "linkage.collect_open": {"queue": "upkeep"},
    "linkage.dispose_records": {"queue": "upkeep"},
    "console.start_due": {"queue": "upkeep"},
    "vault.upkeep": {"queue": "upkeep"},
    "atena_trials.upkeep": {"queue": "upkeep"},
    "trail.extend": {"queue": "owner"},
    "console.mend_logins": {"queue": "owner"},
}
worker_prefetch_multiplier = 1
worker_send_task_events = False
worker_hijack_root_logger = False
timezone = settings.TIME_ZONE
beat_schedule: dict[str, dict[str, Any]] = {
    "sweep": {"task": "jobs.sweep", "schedule": float(settings.JOB_SWEEP_SECONDS)},
    "relay": {"task": "trail.relay", "schedule": 2.0},
    "seal": {"task": "trail.seal", "schedule": 4.0},
    "hand_out": {"task": "trail.hand_out", "schedule": 60.0},
    "dispose": {"task": "trail.dispose", "schedule": crontab(hour=4, minute=10)},
    "compare": {"task": "trail.compare", "schedule": crontab(hour=3, minute=10)},
    "tidy": {"task": "config.tidy_sessions", "schedule": 60.0},
    "deadlines": {"task": "review.note_deadlines", "schedule": 60.0},
    "watch": {"task": "watch.sweep", "schedule": 30.0},
    "learn": {"task": "watch.learn", "schedule": crontab(hour=0, minute=40)},
    # After the nights' own time: what they left undone, or nobody was there to do.
    "make_up": {"task": "watch.make_up", "schedule": crontab(hour="5-23", minute=25)},
    "nightly": {"task": "impact.nightly", "schedule": crontab(hour=1, minute=30)},
    "logins": {"task": "console.mend_logins", "schedule": 300.0},
    "due": {"task": "console.start_due", "schedule": 300.0},
    "vault": {"task": "vault.upkeep", "schedule": 3600.0},
    "check": {"task": "linkage.check_waiting", "schedule": crontab(minute=35)},
    "samples": {"task": "atena_trials.upkeep", "schedule": crontab(hour=2, minute=10)},
    "collect": {"task": "linkage.collect_open", "schedule": crontab(minute=20)},
    "records": {"task": "linkage.dispose_records", "schedule": crontab(hour=2, minute=40)},
    "extend": {"task": "trail.extend", "schedule": 86400.0},
}
