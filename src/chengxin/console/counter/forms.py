"""The forms of the counter: who is there, what is wrong, and how a duty was performed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.cases.evidence import AT_ONCE, LARGEST
from chengxin.rights.objections import GROUNDS
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.ui.uploads import FilesField

LONGEST_TEXT = 4000
KINDS = [CodeKind.CITIZEN_ID, *(k for k in CodeKind if k.is_personal and k is not CodeKind.CITIZEN_ID), CodeKind.USCC]


class PersonForm(forms.Form):
    """Declared certificate, number and name as on the original, and the person's consent."""

    # Django's own sentence repeats what was sent (charter C27).
    kind = forms.ChoiceField(label=_("证件（代码）类型"), error_messages={"invalid_choice": _("请选择。")})
    number = forms.CharField(
        label=_("证件号码（代码）"),
        max_length=40,
        help_text=_("照原件填写。代表单位的，填统一社会信用代码。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("姓名（名称）"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    consent = forms.BooleanField(label=_("当事人已读（或者听读）上面的说明并同意。"))

    def __init__(self, english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, kind.en if english else kind.zh) for kind in KINDS]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # A choice field.


class CounterObjectionForm(forms.Form):
    """What the person says is wrong."""

    grounds = forms.ChoiceField(label=_("哪里不对"), widget=forms.RadioSelect, choices=list(GROUNDS.items()))
    text = forms.CharField(
        label=_("当事人的说明"),
        max_length=LONGEST_TEXT,
        help_text=_("照当事人的话写，写完读给当事人听。"),
        widget=forms.Textarea(attrs={"rows": 5, "width": "full"}),
    )
    evidence = FilesField(
        label=_("证据材料"),
        required=False,
        largest=LARGEST,
        most=AT_ONCE,
        help_text=_("当事人带来的材料的扫描件。PDF、JPEG、PNG，最多 5 个，每个不超过 5 MB。"),
    )


class CounterRestorationForm(forms.Form):
    """How the duty was performed, and the commitment the person makes."""

    duty_performed_on = forms.DateField(
        label=_("义务全部履行完毕的日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    duty_text = forms.CharField(
        label=_("履行情况说明"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("例如：罚款已于某日缴清，票据号某某；违法行为已改正。"),
        widget=forms.Textarea(attrs={"rows": 4, "width": "full"}),
    )
    truthful = forms.BooleanField(label=_("当事人确认：以上内容真实、完整。"))
    commitment = forms.BooleanField(label=_("当事人已读完信用承诺，自愿作出承诺。"))


class ActForm(forms.Form):
    """A step the person takes at the counter on a case of theirs, and that they stand there and want it."""

    performed_on = forms.DateField(
        label=_("义务全部履行完毕的日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=_("当事人的说明"),
        max_length=LONGEST_TEXT,
        help_text=_("照当事人的话写，写完读给当事人听。"),
        widget=forms.Textarea(attrs={"rows": 4, "width": "full"}),
    )
    present = forms.BooleanField(label=_("当事人在场，已听读上面的内容，要求这样办理。"))

    def __init__(self, wanted: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("performed_on", "note"):
            if name in wanted:
                self.fields[name].required = True
            else:
                del self.fields[name]
