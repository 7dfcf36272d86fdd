"""URLs of the watch, on a prefecture's host, below /review/."""

from django.urls import path, register_converter

from audit.review.months.converter import MonthConverter
from audit.review.views import alerts, calendar, incidents, loosenings, mine, months, signals

app_name = "review"
register_converter(MonthConverter, "month")

urlpatterns = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/<slug:move>/", alerts.act, name="act"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<int:incident_id>/", incidents.incident, name="incident"),
    path("incidents/<int:incident_id>/<slug:move>/", incidents.act, name="incident_act"),
    path("months/", months.months, name="months"),
    path("months/<month:month>/", months.month, name="month"),
    path("months/<month:month>/page.pdf", months.month_pdf, name="month_pdf"),
    path("signals/", signals.signals, name="signals"),
    path("signals/<slug:rule_id>/", signals.signal, name="signal"),
    path("signals/<slug:rule_id>/threshold/", signals.threshold, name="signal_threshold"),
    path("signals/<slug:rule_id>/except/", signals.exception_new, name="signal_except"),
    path("signals/exceptions/<int:exception_id>/end/", signals.exception_end, name="signal_resume"),
    path("loosenings/", loosenings.loosenings, name="loosenings"),
    path("loosenings/<int:loosening_id>/approve/", loosenings.approve, name="loosening_approve"),
    path("loosenings/<int:loosening_id>/withdraw/", loosenings.withdraw, name="loosening_withdraw"),
    path("unexplained/", signals.unexplained, name="unexplained"),
    path("mine/", mine.my_alerts, name="my_alerts"),
    path("mine/<uuid:alert_id>/", mine.my_alert, name="my_alert"),
    path("overtime/", calendar.overtime, name="overtime"),
    path("overtime/new/", calendar.overtime_new, name="overtime_new"),
    path("overtime/<int:notice_id>/withdraw/", calendar.overtime_withdraw, name="overtime_withdraw"),
    path("hours/", calendar.hours, name="hours"),
    path("hours/days-off/", calendar.day_off_add, name="day_off_add"),
    path("hours/days-off/<int:day_off_id>/remove/", calendar.day_off_remove, name="day_off_remove"),
]
