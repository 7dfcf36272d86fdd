"""The list of a form's errors for the summary on top of a page."""

from dataclasses import dataclass

from django.forms import BaseForm


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error: the field's label and element id ("" for an error of the whole form), and what is wrong."""

    label: str
    element_id: str
    message: str


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
