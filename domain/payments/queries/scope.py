"""Which schools' payments and expenses a person may see. Outside them a record looks like one that does not exist."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.access import require_school, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from domain.payments.models import Expense, ExpenseImport, PaymentRound, PupilPayment


def of_schools(user: User, path: str, permission: Permission = Permission.VIEW_HOUSEHOLD) -> Q:
    """A filter on rows whose school (found by `path`) the person may use the permission for."""
    codes = visible_schools(user, permission)
    return Q() if codes is None else Q(**{f"{path}__code__in": codes})


def sees_everything(user: User) -> bool:
    """Whether the totals of the whole prefecture are this person's to see."""
    return visible_schools(user) is None


def find_round(round_id: int) -> PaymentRound:
    """Raises Http404. A round itself belongs to no school; what is shown of it does."""
    found = PaymentRound.objects.filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def payments_in(user: User, round_: PaymentRound) -> QuerySet[PupilPayment]:
    return PupilPayment.objects.filter(of_schools(user, "pupil__school"), round=round_)


def find_payment(user: User, payment_id: int, permission: Permission = Permission.VIEW_HOUSEHOLD) -> PupilPayment:
    """With its round, pupil, school and household. Raises Http404, OutsideSchool."""
    rows = PupilPayment.objects.select_related("round", "pupil__school", "pupil__member__household")
    found = rows.filter(pk=payment_id).first()
    if found is None:
        raise Http404
    require_school(user, found.pupil.school.code, permission)
    return found


def visible_expenses(user: User, permission: Permission = Permission.VIEW_HOUSEHOLD) -> QuerySet[Expense]:
    return Expense.objects.filter(of_schools(user, "school", permission)).select_related("pupil", "school")


def find_expense(user: User, expense_id: int) -> Expense:
    """For entering and changing. Raises Http404, OutsideSchool."""
    found = Expense.objects.select_related("pupil", "school").filter(pk=expense_id).first()
    if found is None:
        raise Http404
    require_school(user, found.school.code, Permission.ENTER_EXPENSE)
    return found


def visible_imports(user: User) -> QuerySet[ExpenseImport]:
    schools = of_schools(user, "school", Permission.ENTER_EXPENSE)
    return ExpenseImport.objects.filter(schools).select_related("school").defer("problems")


def find_import(user: User, import_id: int) -> ExpenseImport:
    """Raises Http404, OutsideSchool."""
    found = ExpenseImport.objects.select_related("school").filter(pk=import_id).first()
    if found is None:
        raise Http404
    require_school(user, found.school.code, Permission.ENTER_EXPENSE)
    return found
