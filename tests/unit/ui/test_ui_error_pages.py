"""When something goes wrong the page speaks in sentences, in both languages, and shows nothing technical."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory


@pytest.mark.parametrize("name", ["400", "500", "403_csrf"])
def test_a_page_without_a_request_speaks_both_languages(name):
    page = render_to_string(f"{name}.html")
    assert "回到首页" in page
    assert 'lang="en"' in page


@pytest.mark.parametrize("name", ["403", "404"])
def test_a_page_with_a_request_has_the_frame(rf: RequestFactory, name):
    page = render_to_string(f"{name}.html", {"exception": "SECRET-DETAIL"}, rf.get("/somewhere/"))
    assert "site-header" in page
    assert "回到首页" in page
    assert "SECRET-DETAIL" not in page
    assert "None" not in page


def test_the_demo_banner_is_on_the_page_only_when_this_is_a_demonstration(rf, settings):
    settings.DEMO = True
    assert "演示系统" in render_to_string("404.html", {}, rf.get("/"))
    settings.DEMO = False
    assert "演示系统" not in render_to_string("404.html", {}, rf.get("/"))
