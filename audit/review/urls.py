"""URLs of the watch, on a prefecture's host, below /review/."""

from django.urls import path

from audit.review import views_alerts, views_calendar, views_mine

app_name = "review"

urlpatterns = [
    path("alerts/", views_alerts.alerts, name="alerts"),
    path("alerts/<uuid:alert_id>/", views_alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/<slug:move>/", views_alerts.act, name="act"),
    path("mine/", views_mine.my_alerts, name="my_alerts"),
    path("mine/<uuid:alert_id>/", views_mine.my_alert, name="my_alert"),
    path("overtime/", views_calendar.overtime, name="overtime"),
    path("overtime/new/", views_calendar.overtime_new, name="overtime_new"),
    path("overtime/<int:notice_id>/withdraw/", views_calendar.overtime_withdraw, name="overtime_withdraw"),
    path("hours/", views_calendar.hours, name="hours"),
    path("hours/days-off/", views_calendar.day_off_add, name="day_off_add"),
    path("hours/days-off/<int:day_off_id>/remove/", views_calendar.day_off_remove, name="day_off_remove"),
]
