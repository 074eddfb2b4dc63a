"""What every page's template may rely on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chengxin.ui import clock


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the demo flag and today's civil date for the page frame."""
    return {"demo_mode": settings.DEMO, "today": clock.today()}
