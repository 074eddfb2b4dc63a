"""The tags and filters of the design system: ``{% load ui %}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zlib import crc32

from django import template
from django.http import HttpRequest
from django.template.base import Template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chengxin.rules import masks
from chengxin.ui import addresses, components, figures, formats, forms

register = template.Library()

# What a table cell may show, in the order in which one wins over another (a link also has a text).
CELL_KINDS = ("state", "tone", "code", "href", "money")

register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("money", formats.money)
register.filter("code_groups", formats.code_groups)
register.filter("code_parts", formats.code_parts)
register.filter("state_word", formats.state_word)
register.filter("bar_figure", figures.bar_figure)
register.filter("page_links", figures.page_links)
register.filter("as_field", forms.field_parameters)
register.filter("form_problems", forms.problems)


@register.filter
def mask_name(value: Any) -> str:
    """Show only as much of a natural person's name as the masking rule allows."""
    return masks.name(str(value)) if value else formats.NOTHING


@register.filter
def covers(link: Any, path: str) -> bool:
    """Tell whether the page at ``path`` lies under ``link``; the front page covers only itself."""
    start = str(link).split("?")[0].split("#")[0]
    return bool(start) and (path == start if start == "/" else path.startswith(start))


@register.filter
def way_back(request: HttpRequest | None) -> str:
    """Return the address of this page with its query, for a form that leads back; without a number typed there."""
    return "/" if not request else addresses.way_back(request, request.get_full_path())


@register.filter
def nth(values: Sequence[Any], index: int) -> Any:
    """Return the value at this place, or an empty text where there is none."""
    return values[index] if index < len(values) else ""


@register.filter
def plain(value: Any) -> Any:
    """Write a bare table cell: dates in our one format, nothing as a dash, everything else as it is."""
    if value in (None, ""):
        return formats.NOTHING
    return formats.moment(value) if isinstance(value, date) else value


@register.filter
def cell_kind(value: Any) -> str:
    """Tell what a table cell given as a mapping shows; a bare value has no kind."""
    if not isinstance(value, Mapping):
        return ""
    return next((kind for kind in CELL_KINDS if value.get(kind) not in (None, "")), "text")


@register.filter
def in_language(step: Any) -> Any:
    """Return the sentence of a derivation step, an object or mapping with ``zh`` and ``en`` or with ``text``."""
    name = "en" if (get_language() or "").startswith("en") else "zh"
    if isinstance(step, Mapping):
        return step.get(name) or step.get("text", "")
    return getattr(step, name, None) or getattr(step, "text", None) or str(step)


@register.filter
def dom_id(value: Any) -> str:
    """Return an identifier for an element made from any text, the same text giving the same identifier."""
    return f"x{crc32(str(value).encode()):08x}"


@register.simple_tag(takes_context=True)
def ui(context: Context, component: str, spec: Mapping[str, Any] | None = None, **parameters: Any) -> SafeString:
    """Render a component: ``{% ui "button" text="查询" href="/search/" %}``.

    ``spec`` is a mapping of parameters prepared by a view; parameters written in the template win over it.
    """
    return render_component(context, component, {**(spec or {}), **parameters})


@register.simple_block_tag(takes_context=True)
def uiblock(
    context: Context, content: str, component: str, spec: Mapping[str, Any] | None = None, **parameters: Any
) -> SafeString:
    """Render a component around template content: ``{% uiblock "panel" title="说明" %}…{% enduiblock %}``."""
    return render_component(context, component, {**(spec or {}), **parameters, "content": content})


def render_component(context: Context, name: str, given: Mapping[str, Any]) -> SafeString:
    """Render one component with validated parameters and nothing of the page's context but the request."""
    declared = components.component(name)
    values = declared.complete(given)
    values["content"] = given.get("content", "")
    values["request"] = getattr(context, "request", None) or context.get("request")
    values["csrf_token"] = context.get("csrf_token")
    found = _template(context, declared.template_name)
    # Every component's template escapes its own parameters, so the result is safe by construction.
    return mark_safe(found.render(context.new(values)))  # noqa: S308


def _template(context: Context, name: str) -> Template:
    assert context.template is not None
    return context.template.engine.get_template(name)
