"""URLs of this room on a prefecture's host: a person's own, and the manager's."""

from django.urls import path

from accounts.urls_console import urlpatterns as own_pages
from accounts.views import matrix, own, password_term, places, requests, sections, tokens, users, vendor

app_name = "accounts"

urlpatterns = [
    *own_pages,
    path("users/", users.people, name="users"),
    path("users/new/", users.new, name="user_new"),
    path("users/matrix/", matrix.matrix, name="matrix"),
    path("users/tokens/", tokens.stock, name="tokens"),
    path("users/tokens/load/", tokens.load, name="tokens_load"),
    path("users/tokens/assign/", tokens.assign, name="token_assign"),
    path("users/tokens/<int:token_id>/return/", tokens.give_back, name="token_return"),
    path("users/tokens/<int:token_id>/lost/", tokens.lost, name="token_lost"),
    path("users/sections/", sections.sections, name="sections"),
    path("users/places/", places.places, name="places"),
    path("users/places/<slug:kind>/<int:place_id>/remove/", places.remove, name="place_remove"),
    path("users/password-term/", password_term.password_term, name="password_term"),
    path("users/vendor/", vendor.windows, name="vendor_windows"),
    path("users/vendor/<int:window_id>/close/", vendor.close, name="vendor_close"),
    path("vendor/", vendor.enter, name="vendor_enter"),
    path("vendor/pages/", vendor.home, name="vendor_home"),
    path("vendor/leave/", vendor.leave, name="vendor_leave"),
    path("users/requests/", requests.listed, name="requests"),
    path("users/requests/<int:request_id>/approve/", requests.approve, name="request_approve"),
    path("users/requests/<int:request_id>/turn-down/", requests.turn_down, name="request_turn_down"),
    path("account/duties/", own.confirm_duties, name="duties"),
    path("users/<int:user_id>/", users.person, name="user"),
    path("users/<int:user_id>/roles/", users.give_role, name="role_give"),
    path("users/<int:user_id>/roles/<int:assignment_id>/end/", users.end_role, name="role_end"),
    path("users/<int:user_id>/roles/<int:assignment_id>/training/", users.train, name="role_training"),
    path("users/<int:user_id>/activation-code/", users.activation_code, name="activation_code"),
    path("users/<int:user_id>/stop/", users.stop, name="user_stop"),
    path("users/<int:user_id>/factor-lost/", users.factor_lost, name="user_factor_lost"),
    path("users/<int:user_id>/resume/", users.resume, name="user_resume"),
    path("users/<int:user_id>/unlock/", users.unlock, name="user_unlock"),
]
