"""A Django form shown by our components: labels, hints and errors tied to their fields."""

from __future__ import annotations

import re

from django import forms
from django.template import engines

from chengxin.ui.forms import field_parameters, problems


class ObjectionForm(forms.Form):
    """One field of every kind."""

    code = forms.CharField(label="代码", max_length=18, help_text="18 位")
    decided_on = forms.DateField(label="决定日期", widget=forms.DateInput)
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), ("wrong", "有误"), ("late", "超期")])
    who = forms.ChoiceField(label="您是", widget=forms.RadioSelect, choices=[("self", "本人"), ("agent", "受托人")])
    parts = forms.MultipleChoiceField(
        label="内容", required=False, widget=forms.CheckboxSelectMultiple, choices=[("1", "登记"), ("2", "许可")]
    )
    agree = forms.BooleanField(label="确认属实")
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 8}), required=False)
    upload = forms.FileField(label="材料", required=False)
    password = forms.CharField(label="口令", widget=forms.PasswordInput)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


FILLED = {"code": "9132", "decided_on": "2026-11-20", "kind": "late", "parts": ["2"], "password": "not to be repeated"}


def draw(form, source='{% ui "form" form=form submit="提交" %}'):
    return engines["django"].from_string("{% load ui %}" + source).render({"form": form})


def test_each_widget_becomes_its_kind():
    kinds = {bound.name: field_parameters(bound)["kind"] for bound in ObjectionForm()}
    assert kinds == {
        "code": "text",
        "decided_on": "date",
        "kind": "select",
        "who": "radios",
        "parts": "checkboxes",
        "agree": "checkbox",
        "reason": "textarea",
        "upload": "file",
        "password": "password",
        "token": "hidden",
    }


def test_what_was_filled_in_is_shown_again_but_never_a_password():
    drawn = draw(ObjectionForm(FILLED))
    assert 'value="9132"' in drawn
    assert 'value="2026-11-20"' in drawn
    assert '<option value="late" selected>' in drawn
    assert re.search(r'value="2" checked', drawn)
    assert not re.search(r'value="1" checked', drawn)
    assert "not to be repeated" not in drawn


def test_every_error_is_tied_to_its_field_and_linked_from_the_summary():
    form = ObjectionForm({})
    drawn = draw(form)
    for problem in problems(form):
        assert f'href="{problem["href"]}"' in drawn
        anchor = problem["href"].removeprefix("#")
        assert f'id="{anchor}"' in drawn
        assert f'id="{anchor}-error"' in drawn
        assert re.search(rf'aria-describedby="[^"]*{anchor}-error', drawn)


def test_an_error_of_the_whole_form_stands_in_the_summary():
    form = ObjectionForm(FILLED)
    form.is_valid()
    form.add_error(None, "两项不能同时填写。")
    assert {"text": "两项不能同时填写。", "href": ""} in problems(form)
    assert "<li>两项不能同时填写。</li>" in draw(form)


def test_a_form_in_order_has_no_summary():
    assert "error-summary" not in draw(ObjectionForm())


def test_optional_fields_say_so_unless_they_are_filters():
    field = '{% ui "field" spec=form.reason|as_field %}'
    quiet = '{% ui "field" spec=form.reason|as_field quiet=True %}'
    assert "选填" in draw(ObjectionForm(), field)
    assert "选填" not in draw(ObjectionForm(), quiet)
    assert 'rows="8"' in draw(ObjectionForm(), field)


def test_files_make_the_form_multipart():
    assert 'enctype="multipart/form-data"' in draw(ObjectionForm())


def test_grouped_choices_are_shown_one_after_another():
    class Grouped(forms.Form):
        """A field with a group of choices."""

        kind = forms.ChoiceField(choices=[("甲类", [("a", "甲"), ("b", "乙")]), ("c", "丙")])

    assert [option["text"] for option in field_parameters(Grouped()["kind"])["options"]] == ["甲", "乙", "丙"]
