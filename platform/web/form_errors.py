"""The list of a form's errors for the summary on top of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BaseForm, BoundField, FileField


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error: the field's label and element id ("" for an error of the whole form), and what is wrong."""

    label: str
    element_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What a browser gets back after a refusal: labels of what it does not, and whether anything that was typed is there."""

    lost: str
    are_kept: bool


def entries(forms: Sequence[BaseForm]) -> Entries:
    """Of the forms that were refused. Numbers, passwords and files are never sent back to the page.

    A widget with `render_value` False is emptied; its `lost_as` names it where the labels of many such fields would.
    """
    shown = [bound for form in forms for bound in form if not bound.is_hidden]
    lost = [bound for bound in shown if _is_lost(bound)]
    kept = any(_is_typed(bound) for bound in shown if bound not in lost)
    labels = dict.fromkeys(str(getattr(bound.field.widget, "lost_as", bound.label)) for bound in lost)
    return Entries("、".join(f"「{label}」" for label in labels), kept)


def to_mend(errors: Sequence[FieldError]) -> int:
    """How many fields are wrong; what is said of the whole form beside them is no place to mend."""
    return sum(bool(error.element_id) for error in errors) or len(errors)


def _is_lost(bound: BoundField) -> bool:
    widget = bound.field.widget
    if isinstance(bound.field, FileField) or not getattr(widget, "render_value", True):
        return True
    return _is_typed(bound) and bound.value() in ("", None)


def _is_typed(bound: BoundField) -> bool:
    return bound.form.is_bound and bound.data not in ("", None, [], False)


def summary(form: BaseForm) -> list[FieldError]:
    """Errors in the order in which the fields stand on the page, those of the whole form first."""
    whole = [FieldError("", "", str(message)) for message in form.non_field_errors()]
    return whole + [
        FieldError(str(bound.label), _focus_id(bound.id_for_label, bound.auto_id), str(message))
        for bound in form
        for message in bound.errors
    ]


def _focus_id(id_for_label: str, auto_id: str | bool) -> str:
    """Groups (radio buttons) have no label target of their own; their first choice takes the focus."""
    return id_for_label or (f"{auto_id}_0" if auto_id else "")
