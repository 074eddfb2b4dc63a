"""What the frame of the desks asks of the user."""

from __future__ import annotations

from typing import Any

from django import template

from chengxin.console.areas import areas_for

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_areas(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the areas the signed-in user may enter, for the side of the desk."""
    user = context["request"].user
    return areas_for(user) if user.is_authenticated else []
