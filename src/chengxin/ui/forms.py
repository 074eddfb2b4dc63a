"""From Django's form fields to the parameters of our field component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.forms import BaseForm

from chengxin.ui.uploads import Files

# Ordered from the particular to the general, because Django's widgets inherit from one another.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.SelectMultiple, "select"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.ClearableFileInput, "file"),
    (forms.FileInput, "file"),
    (forms.DateInput, "date"),
    (forms.NumberInput, "number"),
    (forms.EmailInput, "email"),
    (forms.PasswordInput, "password"),
    (forms.HiddenInput, "hidden"),
    (forms.TextInput, "text"),
)


def field_parameters(bound: BoundField) -> dict[str, Any]:
    """Return the parameters with which the field component shows this bound form field."""
    widget = bound.field.widget
    kind = next((kind for base, kind in KINDS if isinstance(widget, base)), "text")
    attributes = widget.attrs
    parameters: dict[str, Any] = {
        "name": bound.html_name,
        "id": bound.auto_id or bound.html_name,
        "label": bound.label,
        "kind": kind,
        "hint": bound.help_text,
        "errors": list(bound.errors),
        "required": bound.field.required,
        "value": _shown_value(bound, kind),
        "options": _options(bound, widget),
        "multiple": isinstance(widget, forms.SelectMultiple | Files),
    }
    for name in ("autocomplete", "inputmode", "maxlength", "rows", "width", "accept", "placeholder"):
        if name in attributes:
            parameters[name] = attributes[name]
    return parameters


def problems(form: BaseForm) -> list[dict[str, Any]]:
    """Return every error of a form as ``{text, href}``, field errors linking to their field."""
    found: list[dict[str, Any]] = [{"text": str(text), "href": ""} for text in form.non_field_errors()]
    for bound in form:
        anchor = bound.auto_id or bound.html_name
        found.extend({"text": f"{bound.label}：{text}", "href": f"#{anchor}"} for text in bound.errors)
    return found


def _shown_value(bound: BoundField, kind: str) -> Any:
    # A password is never sent back to the page, and a file input cannot hold a value.
    if kind in ("password", "file"):
        return ""
    value = bound.value()
    if kind == "date" and hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def _options(bound: BoundField, widget: forms.Widget) -> list[dict[str, Any]]:
    choices = getattr(widget, "choices", None)
    if choices is None:
        return []
    value = bound.value()
    chosen = {_as_text(one) for one in value} if isinstance(value, list | tuple) else {_as_text(value)}
    return [
        {"value": _as_text(key), "text": text, "selected": _as_text(key) in chosen}
        for key, text in _flat(list(choices))
    ]


def _flat(choices: list[Any]) -> Iterator[tuple[Any, Any]]:
    # Grouped choices are shown one after another; a group's name belongs into the wording of its options.
    for key, text in choices:
        if isinstance(text, list | tuple):
            yield from _flat(list(text))
        else:
            yield key, text


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)
