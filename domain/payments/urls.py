"""Below /payments/."""

from django.urls import path

from domain.payments.views import deciding, expenses, imports, outside, payer, payments, rounds

app_name = "payments"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new, name="round_new"),
    path("rounds/<int:round_id>/", rounds.round_detail, name="round"),
    path("rounds/<int:round_id>/calculate/", rounds.calculate, name="calculate"),
    path("rounds/<int:round_id>/recoveries/<int:adjustment_id>/", rounds.accept_recovery, name="accept_recovery"),
    path("rounds/<int:round_id>/approve/", deciding.approve, name="approve"),
    path("rounds/<int:round_id>/release/", deciding.release, name="release"),
    path("rounds/<int:round_id>/accounts/", deciding.approve_accounts, name="approve_accounts"),
    path("rounds/<int:round_id>/pupils/", payments.pupils, name="pupils"),
    path("pupils/<int:payment_id>/", payments.payment, name="payment"),
    path("expenses/", expenses.expenses, name="expenses"),
    path("expenses/new/", expenses.new, name="expense_new"),
    path("expenses/pupil/", expenses.pupil_name, name="expense_pupil"),
    path("expenses/<int:expense_id>/", expenses.expense, name="expense"),
    path("expenses/<int:expense_id>/remove/", expenses.remove, name="expense_remove"),
    path("imports/", imports.imports, name="imports"),
    path("imports/blank/", imports.blank, name="imports_blank"),
    path("imports/<int:import_id>/", imports.import_detail, name="import"),
    path("imports/<int:import_id>/again/", imports.again, name="import_again"),
    path("outside/", outside.outside, name="outside"),
    path("outside/<int:grant_id>/remove/", outside.remove, name="outside_remove"),
    path("payer/", payer.payer, name="payer"),
]
