"""URLs of this room on the console: a person's own alone. People of the console are made by `manage.py console_user`."""

from django.urls import path

from accounts.views import drafts, enrolment, login, own, security_keys, step_up

app_name = "accounts"

urlpatterns = [
    path("enrol/key/begin/", security_keys.enrol_begin, name="enrol_key_begin"),
    path("enrol/key/finish/", security_keys.enrol_finish, name="enrol_key_finish"),
    path("login/key/begin/", security_keys.login_begin, name="login_key_begin"),
    path("login/key/finish/", security_keys.login_finish, name="login_key_finish"),
    path("step-up/key/begin/", security_keys.step_up_begin, name="step_up_key_begin"),
    path("step-up/key/finish/", security_keys.step_up_finish, name="step_up_key_finish"),
    path("login/", login.log_in, name="login"),
    path("login/otp/", login.one_time_password, name="otp"),
    path("login/backup-code/", login.backup_code, name="backup_code"),
    path("logout/", login.log_out, name="logout"),
    path("logged-out/", login.logged_out, name="logged_out"),
    path("enrol/", enrolment.activate, name="activate"),
    path("enrol/password/", enrolment.choose_password, name="enrol_password"),
    path("enrol/device/", enrolment.add_device, name="enrol_device"),
    path("enrol/device/qr.svg", enrolment.qr_code, name="enrol_qr"),
    path("enrol/codes/", enrolment.backup_codes, name="enrol_codes"),
    path("enrol/finish/", enrolment.finish, name="enrol_finish"),
    path("step-up/", step_up.step_up, name="step_up"),
    path("account/", own.account, name="account"),
    path("account/draft/", drafts.keep, name="draft_keep"),
    path("account/draft/<uuid:draft_id>/restore/", drafts.restore, name="draft_restore"),
    path("account/draft/<uuid:draft_id>/discard/", drafts.discard, name="draft_discard"),
    path("account/notices/seen/", own.notices_seen, name="notices_seen"),
    path("account/lost/", own.factor_lost, name="factor_lost"),
    path("account/password/", own.password, name="password"),
    path("account/backup-codes/", own.renew_backup_codes, name="backup_codes"),
    path("account/sessions/<uuid:session_id>/not-me/", own.not_me, name="not_me"),
]
