"""Every component is documented, drawable and strict about what it is given."""

from __future__ import annotations

import re

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from chengxin.ui import views
from chengxin.ui.components import FOLDER, RESERVED, ComponentMisuse, all_components, component

EXAMPLES = [
    pytest.param(one, example, id=f"{one.name}-{number}")
    for one in all_components().values()
    for number, example in enumerate(one.examples)
]


class Nobody:
    """What the frame sees of a reader who has not signed in."""

    is_authenticated = False


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.get("/ui/")
    request.user = Nobody()
    return request


def draw(source: str, **context):
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_every_folder_is_complete():
    for folder in FOLDER.iterdir():
        assert (folder / "template.html").is_file(), folder.name
        assert (folder / "parameters.yaml").is_file(), folder.name


@pytest.mark.parametrize("one", all_components().values(), ids=lambda one: one.name)
def test_a_component_says_what_it_is_for_in_both_languages(one):
    assert one.examples
    assert one.group in views.GROUPS
    assert not RESERVED & set(one.parameters)
    words = [one.zh, one.en, one.use_zh, one.use_en]
    for parameter in one.parameters.values():
        words += [parameter.zh, parameter.en]
    for example in one.examples:
        words += [example.zh, example.en]
    assert all(isinstance(word, str) and word.strip() for word in words)


@pytest.mark.parametrize("one", all_components().values(), ids=lambda one: one.name)
def test_a_template_uses_no_parameter_it_does_not_declare(one):
    source = (FOLDER / one.name / "template.html").read_text(encoding="utf-8")
    printed = set(re.findall(r"{{ ?([a-z_]+)", source))
    local = set(re.findall(r"for ([a-z_]+)(?:, [a-z_]+)? in", source)) | set(re.findall(r" as ([a-z_]+) ?%}", source))
    local |= set(re.findall(r"(?:with|blocktranslate(?: count)?) ([a-z_]+)=", source)) | {"n", "day", "forloop"}
    assert printed <= set(one.parameters) | local | {"content", "request", "csrf_token", "number", "figure"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("one", "example"), EXAMPLES)
def test_an_example_draws_without_inline_style_or_script(request_, one, example, language):
    with translation.override(language):
        drawn = views.draw(request_, one, example)
    if one.name == "header":
        return  # Its example is the header of the catalogue itself.
    assert drawn.strip()
    assert " style=" not in drawn
    assert "<script" not in drawn
    assert not re.search(r" on[a-z]+=", drawn)
    assert "None" not in drawn


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ComponentMisuse) as refused:
        draw('{% ui "button" text="查询" colour="red" %}')
    assert "colour" in refused.value.en
    assert "colour" in refused.value.zh


@pytest.mark.parametrize(
    "source",
    [
        '{% ui "button" %}',
        '{% ui "button" text="" %}',
        '{% ui "button" text="查询" kind="huge" %}',
        '{% ui "table" caption="表" rows="一" %}',
        '{% ui "no_such_thing" %}',
        '{% uiblock "button" text="查询" %}里面{% enduiblock %}',
        '{% uiblock "code" value="1" %}里面{% enduiblock %}',
    ],
)
def test_misuse_is_refused(source):
    with pytest.raises(ComponentMisuse):
        draw(source)


def test_what_a_page_gives_is_escaped():
    drawn = draw('{% ui "notice" title=title %}', title="<b>x</b>")
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn


def test_the_content_of_a_block_is_the_pages_own_markup():
    drawn = draw('{% uiblock "panel" title="说明" %}<p>{{ text }}</p>{% enduiblock %}', text="<i>")
    assert "<p>&lt;i&gt;</p>" in drawn


def test_a_component_sees_nothing_of_the_page_around_it():
    assert "不该看见" not in draw('{% ui "notice" title="说明" %}', text="不该看见")


def test_parameters_from_a_view_yield_to_those_in_the_template():
    drawn = draw('{% ui "button" spec=spec text="乙" %}', spec={"text": "甲", "kind": "quiet"})
    assert "乙" in drawn
    assert "甲" not in drawn
    assert "button--quiet" in drawn


def test_a_button_that_cannot_be_pressed_says_why_to_a_screen_reader_too():
    drawn = draw('{% ui "button" text="申请修复" href="/x/" disabled=True why="公示期未满" %}')
    assert "href" not in drawn
    described = re.search(r'aria-describedby="([^"]+)"', drawn)
    assert described
    assert f'id="{described[1]}">公示期未满' in drawn


def test_a_disputed_record_says_so():
    disputed = draw('{% ui "record_card" what="甲" kind="乙" states=states %}', states=["in_force", "disputed"])
    calm = draw('{% ui "record_card" what="甲" kind="乙" states=states %}', states=["in_force"])
    assert "请勿仅凭它作出决定" in disputed
    assert "请勿仅凭它作出决定" not in calm


def test_states_differ_in_word_shape_and_border_not_only_in_colour():
    states = ("in_force", "disputed", "repairing", "ended")
    drawn = [draw('{% ui "state_tag" state=state %}', state=state) for state in states]
    shapes = {re.search(r"<svg.*?</svg>", html, re.DOTALL)[0] for html in drawn}
    words = {re.sub(r"<[^>]+>", "", html).strip() for html in drawn}
    assert len(shapes) == len(words) == len(drawn)


def test_a_table_cell_shows_what_it_is_given():
    def cell(value):
        return re.sub(r"\s+", " ", draw('{% ui "cell" value=value %}', value=value)).strip()

    assert cell(0) == "0"
    assert cell("") == cell(None) == "—"
    assert "0.00 元" in cell({"money": 0})
    assert cell({"text": "甲", "href": "/x/"}) == '<a href="/x/">甲</a>'
    assert "data-note" in cell({"text": "甲", "note": "乙"})


def test_an_unknown_component_names_itself():
    with pytest.raises(ComponentMisuse, match="no_such_thing"):
        component("no_such_thing")
