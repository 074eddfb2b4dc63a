"""The three frames every page is built on, tried with a small page of each."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from chengxin.accounts.models import Agency, User

BODY = """
{% block title %}异议 YY-2026-000123{% endblock %}
{% block heading %}异议 YY-2026-000123{% endblock %}
{% block breadcrumbs %}{% uiblock "breadcrumbs" %}
{% ui "crumb" text="待办" href="/desk/" %}{% ui "crumb" text="YY-2026-000123" %}
{% enduiblock %}{% endblock %}
{% block lead %}当事人认为处罚金额有误。{% endblock %}
{% block basis %}依据：《江苏省社会信用条例》第二十六条{% endblock %}
{% block actions %}
{% ui "button" text="受理" type="button" %}{% ui "button" text="退回补正" kind="secondary" %}
{% endblock %}
{% block nav %}
{% ui "nav_link" text="首页" href="/" %}
{% ui "nav_link" text="工作台" href="/desk/" %}
{% ui "nav_link" text="我的档案" href="/mine/" %}
{% endblock %}
{% block main %}{% uiblock "steps" %}
{% ui "step" text="提出" stage="done" %}{% ui "step" text="受理" stage="now" %}{% ui "step" text="核查" %}
{% enduiblock %}
{% uiblock "record_card" what="未按规定公示年度报告" kind="行政处罚" since=today states=states %}
{% ui "button" text="查看" href="#" kind="secondary" %}
{% enduiblock %}{% endblock %}
{% block aside %}<h2>期限</h2>{% ui "derivation" steps=steps result="最迟 2026-12-03 答复。" %}{% endblock %}
"""
SIDE = """{% block side_nav %}{% ui "nav_link" text="待办" href="/desk/" count=4 %}<li>归集</li>
{% ui "nav_link" text="报送" href="/desk-files/" %}{% endblock %}"""
STEPS = [{"zh": "2026-11-19 受理，次日起算。", "en": "Accepted.", "basis": "第二十六条"}]


def _page(frame: str, more: str = ""):
    def view(request: HttpRequest) -> HttpResponse:
        source = f'{{% extends "ui/{frame}.html" %}}{{% load ui %}}{BODY}{more}'
        context = {"states": ["in_force", "disputed"], "steps": STEPS, "inbox_unread": 2, "inbox_href": "/inbox/"}
        return HttpResponse(engines["django"].from_string(source).render(context, request))

    return view


urlpatterns = [
    path("public/", _page("public")),
    path("mine/", _page("mine")),
    path("desk/", _page("desk", SIDE)),
    path("i18n/", include("django.conf.urls.i18n")),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def officer(transactional_db):
    names = {"name_zh": "江海市信用中心", "name_en": "Jianghai Credit Centre"}
    agency = Agency.objects.create(uscc="11320199MB0000000X", region="320199", **names)
    return User.objects.create_user("officer", None, display_name="王经办", agency=agency)


@pytest.mark.parametrize("frame", ["public", "mine", "desk"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_frame_fits_and_is_accessible(page_at, axe, overflow, officer, width, frame):
    page = page_at(width, user=officer)
    page.goto(f"/{frame}/")
    assert overflow(page) == 0
    assert axe(page) == []
    assert page.get_by_text("江海市信用中心").is_visible()


def test_the_desks_navigation_is_folded_on_a_phone_and_open_on_a_desk(page_at):
    phone, desk = page_at(390), page_at(1280)
    for page in (phone, desk):
        page.goto("/desk/")
    assert not phone.get_by_role("link", name="报送").is_visible()
    assert desk.get_by_role("link", name="报送").is_visible()


def test_the_desks_navigation_is_there_without_script(page_at):
    page = page_at(390, script=False)
    page.goto("/desk/")
    assert page.get_by_role("link", name="报送").is_visible()


def test_the_page_one_is_on_is_marked_in_the_navigation(page_at):
    page = page_at(1280)
    page.goto("/desk/")
    marked = page.eval_on_selector_all("nav [aria-current=page]", "all => all.map(one => one.textContent.trim())")
    assert marked == ["工作台", "待办 4", "YY-2026-000123"]


def test_a_disputed_record_says_so_in_words(page_at):
    page = page_at(390)
    page.goto("/public/")
    card = page.locator(".record-card")
    assert "异议处理中" in card.inner_text()
    assert "请勿仅凭它作出决定" in card.inner_text()
