"""The form of one report, and the list of a batch: lines of code and name, and of authorisations where needed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.console.enquiry.forms import EnquiryForm, offer_matters
from chengxin.rules.lawfiles import Ground, Purpose


class ReportForm(EnquiryForm):
    """An enquiry that is answered with a report, about decisions from a day on if one is given."""

    since = forms.DateField(
        label=_("只要这一天以后的决定"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填就是全部。登记、许可等现状不受影响，都会列出。"),
    )


class BatchForm(forms.Form):
    """One line for each organisation; the basis is that of the purpose."""

    statute = forms.ChoiceField(label=_("依据条款"))
    matter = forms.ChoiceField(label=_("办理什么事项"), help_text=_("这一用途只能用于所列事项。"))
    matter_no = forms.CharField(label=_("办理事项编号"), max_length=80, help_text=_("本单位正在办理的事项的编号。"))
    reason = forms.CharField(
        label=_("为什么批量出具"),
        max_length=300,
        help_text=_("批准的人要看；不写证件号码。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lines = forms.CharField(
        label=_("名单"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 10, "width": "full"}),
        help_text=_("一行一个单位：统一社会信用代码，名称。用逗号隔开。"),
    )

    def __init__(self, purpose: Purpose, english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_matters(self, purpose, english)
        if purpose.ground is Ground.STATUTE:
            articles = [(str(basis), str(basis)) for basis in purpose.basis]
            self.fields["statute"].choices = articles  # type: ignore[attr-defined]  # A choice field.
            return
        del self.fields["statute"]
        self.fields["matter_no"].required = False
        self.fields["lines"].help_text = _("一行一个单位：统一社会信用代码，名称，授权编号前 8 位。用逗号隔开。")
