"""URLs of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from chengxin.api.main import api
from chengxin.api.views import guarded, index, nowhere, one_problem, openapi, problems


def _operations() -> list[URLPattern | URLResolver]:
    """Return ninja's own addresses, each behind the guard; its root, which only serves its own docs page, left out."""
    patterns = [each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return list(patterns)


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", index, name="index"),
    path("openapi.json", openapi, name="openapi"),
    path("problems/", problems, name="problems"),
    path("problems/<str:code>/", one_problem, name="problem"),
    *_operations(),
    re_path(r"^(?P<rest>.*)$", guarded(nowhere), name="nowhere"),
]
