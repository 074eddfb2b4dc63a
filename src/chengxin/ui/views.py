"""The living catalogue of the design system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chengxin.ui import tokens
from chengxin.ui.components import Component, Example, all_components

GROUPS = {
    "content": _("内容"),
    "message": _("消息"),
    "progress": _("进度"),
    "proof": _("证明"),
    "form": _("表单"),
    "action": _("去处与动作"),
    "format": _("格式"),
    "frame": _("页面框架"),
}
# Drawn by the frame itself; a second one inside the page would be a second banner or footer landmark.
DRAWN_BY_FRAME = frozenset({"header", "footer", "skip_link"})
# Small enough for several examples to stand side by side.
SMALL = frozenset({"state_tag", "seal", "cell", "date", "money", "mask", "code", "period", "button"})


@dataclass(frozen=True)
class Shown:
    """An example drawn, with the template source that draws it."""

    title: str
    html: str
    source: str
    wrap: str


@require_safe
def living_catalogue(request: HttpRequest) -> HttpResponse:
    """Show every component with its parameters and examples, and the tokens with their contrast."""
    english = _english()
    sections = [
        {
            "id": key,
            "title": title,
            "components": [entry for entry in _entries(request, english) if entry["group"] == key],
        }
        for key, title in GROUPS.items()
    ]
    context = {"sections": sections, "colours": tokens.colours(), "pairs": tokens.pairs()}
    return render(request, "ui/living_catalogue.html", context)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _entries(request: HttpRequest, english: bool) -> Iterator[dict[str, Any]]:
    for one in all_components().values():
        examples = [] if one.name in DRAWN_BY_FRAME else [_shown(request, one, example) for example in one.examples]
        yield {
            "name": one.name,
            "group": one.group,
            "title": one.en if english else one.zh,
            "use": one.use_en if english else one.use_zh,
            "small": one.name in SMALL,
            "takes_content": one.takes_content,
            "parameters": [(each, each.en if english else each.zh) for each in one.parameters.values()],
            "examples": examples,
        }


def _shown(request: HttpRequest, one: Component, example: Example) -> Shown:
    title = example.en if _english() else example.zh
    return Shown(title, draw(request, one, example), written(one, example), example.wrap)


def draw(request: HttpRequest, one: Component, example: Example) -> str:
    """Render an example the way a page would, through the template tags."""
    language = get_language() or "zh-hans"
    body = example.body(language)
    source = "{% load ui %}" + _tag(one.name, "spec=values", body)
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    return engine.from_string(source).render({"values": example.values(language)}, request)


def written(one: Component, example: Example) -> str:
    """Return the template source of an example, with texts and numbers written out and lists left to the view."""
    language = get_language() or "zh-hans"
    values = example.values(language)
    return _tag(
        one.name, " ".join(f"{name}={_literal(name, value)}" for name, value in values.items()), example.body(language)
    )


def _tag(name: str, parameters: str, body: str | None) -> str:
    space = f" {parameters}" if parameters else ""
    if body is None:
        return f'{{% ui "{name}"{space} %}}'
    return f'{{% uiblock "{name}"{space} %}}{body}{{% enduiblock %}}'


def _literal(name: str, value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    return f'"{value}"' if isinstance(value, str) else name
