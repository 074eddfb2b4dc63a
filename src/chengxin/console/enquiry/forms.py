"""The forms of the enquirer's desk, built from the purpose: its subjects, its articles, its items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.catalogue import lawbook
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground, Purpose
from chengxin.ui import clock

KINDS = {"organisation": _("法人及非法人组织"), "individual_business": _("个体工商户"), "person": _("自然人")}
DAYS = [(7, _("7 天")), (30, _("30 天")), (90, _("90 天"))]


def code_kinds(purpose: Purpose, english: bool) -> list[tuple[str, str]]:
    """Return the kinds of code that the subjects of a purpose have, as choices."""
    wanted = [CodeKind.USCC] if set(purpose.subject_kinds) - {"person"} else []
    wanted += [kind for kind in CodeKind if kind.is_personal] if "person" in purpose.subject_kinds else []
    return [(kind.value, kind.en if english else kind.zh) for kind in wanted]


def offer_matters(form: forms.Form, purpose: Purpose, english: bool) -> None:
    """Let a form ask for which kind of matter, where the purpose names those it may be used for."""
    matters = [each for each in lawbook.matters(clock.today()) if each.code in purpose.matters]
    if matters:
        choices = [(each.code, each.en if english else each.zh) for each in matters]
        form.fields["matter"].choices = choices  # type: ignore[attr-defined]  # A choice field.
    else:
        del form.fields["matter"]


class SubjectForm(forms.Form):
    """Who it is about: declared kind, declared code, name. All three must agree with the file."""

    subject_kind = forms.ChoiceField(label=_("主体类别"), widget=forms.RadioSelect)
    code_kind = forms.ChoiceField(label=_("证件（代码）类型"))
    code = forms.CharField(
        label=_("证件号码（代码）"),
        max_length=40,
        help_text=_("须与所选类型一致；系统不按姓名查找。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("姓名（名称）"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, purpose: Purpose, english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["subject_kind"]
        kinds.choices = [(kind, KINDS[kind]) for kind in purpose.subject_kinds]  # type: ignore[attr-defined]  # A choice field.
        kinds.initial = purpose.subject_kinds[0]
        self.fields["code_kind"].choices = code_kinds(purpose, english)  # type: ignore[attr-defined]  # A choice field.


class Consents(forms.ChoiceField):
    """The authorisations that are live; one that has ended since the page was opened goes to the gate all the same.

    There it is refused, and the refusal is written down for the subject to see.
    """

    def valid_value(self, value: object) -> bool:
        """Take anything that looks like the number of an authorisation."""
        try:
            return bool(UUID(str(value)))
        except ValueError:
            return False


class EnquiryForm(SubjectForm):
    """An enquiry under one purpose: an article and a matter number, or one of the unit's live authorisations."""

    statute = forms.ChoiceField(label=_("依据条款"), required=False)
    matter = forms.ChoiceField(label=_("办理什么事项"), help_text=_("这一用途只能用于所列事项。"))
    matter_no = forms.CharField(
        label=_("办理事项编号"), max_length=80, required=False, help_text=_("本单位正在办理的事项的编号。")
    )
    authorisation_id = Consents(label=_("授权"), required=False)
    reason = forms.CharField(
        label=_("为什么查"),
        max_length=300,
        required=False,
        help_text=_("随机抽查时必填；送请批准时必填。密封保存，不写证件号码。"),
    )
    approval_id = forms.ChoiceField(
        label=_("已获批准"), required=False, help_text=_("须与送请时填写的内容完全一致，只能用一次。")
    )
    for_approval = forms.BooleanField(
        label=_("先送另一人批准，现在不查询"),
        required=False,
        help_text=_("敏感用途和受保护主体须先批准。"),
    )

    def __init__(
        self,
        purpose: Purpose,
        live: Iterable[tuple[str, str]],
        approved: Iterable[tuple[str, str]],
        english: bool,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(purpose, english, *args, **kwargs)
        offer_matters(self, purpose, english)
        known = list(approved)
        self.fields["approval_id"].choices = [("", _("没有")), *known]  # type: ignore[attr-defined]  # A choice field.
        if not known:
            del self.fields["approval_id"]
        if purpose.ground is Ground.STATUTE:
            del self.fields["authorisation_id"]
            articles = [(str(basis), str(basis)) for basis in purpose.basis]
            self.fields["statute"].choices = articles  # type: ignore[attr-defined]  # A choice field.
            self.fields["statute"].required = self.fields["matter_no"].required = True
        else:
            del self.fields["statute"]
            self.fields["authorisation_id"].choices = list(live)  # type: ignore[attr-defined]  # A choice field.
            self.fields["authorisation_id"].required = True


class AuthorisationForm(SubjectForm):
    """What a unit asks a subject to allow; nothing is ticked beforehand."""

    items = forms.MultipleChoiceField(
        label=_("申请查看的目录项"), widget=forms.CheckboxSelectMultiple, help_text=_("逐项勾选，够用即可。")
    )
    days = forms.TypedChoiceField(label=_("期限"), choices=DAYS, coerce=int)
    once = forms.BooleanField(label=_("仅限查询一次"), required=False)

    def __init__(
        self, purpose: Purpose, items: Iterable[tuple[str, str]], english: bool, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(purpose, english, *args, **kwargs)
        self.fields["items"].choices = list(items)  # type: ignore[attr-defined]  # A choice field.
