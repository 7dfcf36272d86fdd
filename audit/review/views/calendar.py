"""利用時間・休業日 (情報セキュリティ管理者) and 時間外利用届 (given by an approver or manager for another person)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import holds_everywhere, may, page, person_of, require_step_up
from accounts.errors import PermissionRefused, SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.views.shared import note_list, show
from audit.detection import services, tuning
from audit.detection.errors import CalendarError
from audit.detection.models import DayOff, Loosening, OvertimeNotice, ServiceHours
from audit.detection.queries import days_off_from
from audit.review.forms import DayOffForm, HoursForm, OvertimeForm
from audit.review.people import names_of
from audit.trail.entries import JSON
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event

PER_PAGE = 50
WAITS = "別の人が「見守りの承認」で承認するまで、いまのままです。"


@page(Permission.VIEW_HOME)
@require_safe
def overtime(request: HttpRequest) -> HttpResponse:
    """All notices for those who watch or give them; one's own for anybody."""
    user = person_of(request)
    sees_all = may_notify(user) or may(user, Permission.VIEW_ALERTS)
    found = OvertimeNotice.objects.all() if sees_all else OvertimeNotice.objects.filter(username=user.username)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    names = names_of(name for row in rows for name in (row.username, row.approved_by))
    context = {
        "page": rows,
        "lines": [(row, names[row.username], names[row.approved_by], _state(row)) for row in rows],
        "may_notify": may_notify(user),
        "sees_all": sees_all,
        "username": user.username,
    }
    detail: dict[str, JSON] = {"一覧": "時間外利用届", "件数": len(rows)}
    record_access(Event.READ_LIST_SHOWN, detail=detail, allowed_by=Permission.VIEW_HOME.value)
    return show(request, "review/overtime.html", context)


@page(Permission.VIEW_HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def overtime_new(request: HttpRequest) -> HttpResponse:
    user = _notifier(request)
    form = OvertimeForm(user, request.POST or None, initial=_tonight())
    if request.method == "POST" and form.is_valid():
        person = User.objects.get(username=form.cleaned_data["username"])
        try:
            services.notify_overtime(person, form.starts(), form.ends(), form.cleaned_data["reason"].strip(), user)
        except (CalendarError, SamePerson) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{person.display_name}さんの時間外利用を届け出ました。")
            return redirect("review:overtime")
    note_list("時間外利用届の相手", Permission.VIEW_HOME)
    return show(request, "review/overtime_new.html", {"form": form}, status=400 if form.errors else 200)


@page(Permission.VIEW_HOME)
@require_POST
def overtime_withdraw(request: HttpRequest, notice_id: int) -> HttpResponse:
    user = _notifier(request)
    try:
        services.withdraw_notice(get_object_or_404(OvertimeNotice, pk=notice_id), user)
    except SamePerson as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "届を取り下げました。")
    return redirect("review:overtime")


@page(Permission.JUDGE_ALERT)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of a working day. Longer ones wait for a second person: whoever widens them switches the watch off."""
    require_step_up(request)
    row = ServiceHours.objects.filter(pk=ServiceHours.ONLY).first()
    initial = {"opens_at": row.opens_at, "closes_at": row.closes_at} if row else None
    form = HoursForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            asked = tuning.set_hours(form.cleaned_data["opens_at"], form.cleaned_data["closes_at"], person_of(request))
        except CalendarError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"利用時間を広げる変更を申請しました。{WAITS}" if asked else "利用時間を変更しました。"
            )
            return redirect("review:hours")
    return _hours_page(request, form, DayOffForm(auto_id="id_off_%s"), row)


@page(Permission.JUDGE_ALERT)
@require_POST
def day_off_add(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    form = DayOffForm(request.POST, auto_id="id_off_%s")
    if form.is_valid():
        try:
            services.add_day_off(form.cleaned_data["day"], form.cleaned_data["name"].strip(), person_of(request))
        except CalendarError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, "休業日を登録しました。")
            return redirect("review:hours")
    row = ServiceHours.objects.filter(pk=ServiceHours.ONLY).first()
    initial = {"opens_at": row.opens_at, "closes_at": row.closes_at} if row else None
    return _hours_page(request, HoursForm(initial=initial), form, row)


@page(Permission.JUDGE_ALERT)
@require_POST
def day_off_remove(request: HttpRequest, day_off_id: int) -> HttpResponse:
    """Asked for here; a second person approves it."""
    require_step_up(request)
    row = get_object_or_404(DayOff, pk=day_off_id)
    try:
        tuning.ask_day_off_removal(row, person_of(request))
    except CalendarError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"休業日の取消しを申請しました。{WAITS}")
    return redirect("review:hours")


def may_notify(user: User) -> bool:
    """The watch and the staff are of the whole prefecture: an 承認者 of one school gives no notice."""
    return any(holds_everywhere(user, permission) for permission in services.NOTIFIERS)


def _notifier(request: HttpRequest) -> User:
    user = person_of(request)
    if not may_notify(user):
        raise PermissionRefused(Permission.JUDGE_ALERT)
    return user


def _tonight() -> dict[str, object]:
    today = timezone.localdate()
    return {"starts_on": today, "ends_on": today}


def _state(row: OvertimeNotice) -> str:
    now = timezone.now()
    if row.withdrawn_at is not None:
        return "取消"
    if row.ends_at <= now:
        return "終了"
    return "有効" if row.starts_at <= now else "予定"


def _hours_page(request: HttpRequest, form: HoursForm, off: DayOffForm, row: ServiceHours | None) -> HttpResponse:
    note_list("利用時間と休業日", Permission.JUDGE_ALERT)
    asked = Loosening.objects.filter(state=Loosening.State.PROPOSED)
    going = {row.day: (row.proposed_by, row.proposed_at) for row in asked.filter(kind=Loosening.Kind.DAY_OFF)}
    context = {
        "form": form,
        "off": off,
        "row": row,
        "days_off": [(one, *going.get(one.day, ("", None))) for one in days_off_from(timezone.localdate())],
        "waiting": asked.filter(kind=Loosening.Kind.HOURS).first(),
    }
    return show(request, "review/hours.html", context, status=400 if form.errors or off.errors else 200)
