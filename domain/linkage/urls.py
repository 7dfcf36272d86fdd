"""URLs of the link, below /linkage/."""

from django.urls import path

from domain.linkage.views import (
    copies,
    disclosing,
    incoming,
    items,
    link,
    persons,
    provision,
    reconciliation,
    targets,
    waiting,
)

app_name = "linkage"
urlpatterns = [
    path("", link.overview, name="overview"),
    path("plan/", link.plan, name="plan"),
    path("targets/", targets.listing, name="targets"),
    path("targets/<int:list_id>/", targets.target_list, name="target_list"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/workbook/", reconciliation.workbook, name="reconciliation_workbook"),
    path("copies/", copies.copies, name="copies"),
    path("copies/plan/", copies.plan_copies, name="plan_copies"),
    path("copies/provide/", copies.provide, name="provide"),
    path("copies/lists/<int:copy_list_id>/", copies.copy_list, name="copy_list"),
    path("copies/lines/<int:line_id>/", copies.copy_line, name="copy_line"),
    path("copies/rules/", provision.provision_rules, name="provision_rules"),
    path("copies/rules/<int:provision_id>/", provision.provision_rule, name="provision_rule"),
    path("incoming/", incoming.incoming, name="incoming"),
    path("incoming/exchange/", incoming.exchange_incoming, name="exchange_incoming"),
    path("incoming/<int:held_id>/", incoming.held_inquiry, name="held_inquiry"),
    path("records/", incoming.records, name="records"),
    path("records/excel/", incoming.records_excel, name="records_excel"),
    path("records/members/<int:member_id>/", disclosing.disclosure, name="disclosure"),
    path("items/", items.rules, name="items"),
    path("consents/", items.consents, name="consents"),
    path("register/", link.register, name="register"),
    path("register-again/", link.register_again, name="register_again"),
    path("inquire/", link.inquire, name="inquire"),
    path("change/", link.change, name="change"),
    path("check/", link.check, name="check"),
    path("persons/", persons.people, name="people"),
    path("persons/<int:member_id>/", persons.person, name="person"),
    path("persons/<int:member_id>/again/", persons.try_again, name="person_again"),
    path("batches/", link.batches, name="batches"),
    path("batches/<uuid:batch_id>/", waiting.batch, name="batch"),
    path("reviews/", link.reviews, name="reviews"),
    path("reviews/<int:inquiry_id>/", link.review, name="review"),
]
