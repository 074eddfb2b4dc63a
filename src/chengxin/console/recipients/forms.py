"""The forms by which the centre registers a recipient and changes where it is pushed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DATE = {"type": "date"}


class RecipientForm(forms.Form):
    """The contract and its terms."""

    uscc = forms.CharField(
        label=_("单位的统一社会信用代码"), max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    contract_no = forms.CharField(label=_("共享合同编号"), max_length=80)
    purpose = forms.ChoiceField(label=_("用途"))
    since = forms.DateField(label=_("合同起始日"), widget=forms.DateInput(attrs=DATE))
    until = forms.DateField(label=_("合同截止日"), widget=forms.DateInput(attrs=DATE))
    retention_days = forms.IntegerField(
        label=_("对方保存期限（天）"),
        min_value=1,
        help_text=_("合同约定对方最长保存多少天；收到撤回的，应立即删除。"),
    )
    url = forms.CharField(
        label=_("推送地址"),
        required=False,
        max_length=300,
        help_text=_("https 地址，主机须在允许推送的名单上。不填的，由对方自行领取。"),
    )

    def __init__(self, purposes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]  # A choice field.


class PageForm(forms.Form):
    """Where a recipient shows to the public what it was given; an empty address ends the probing."""

    page = forms.CharField(
        label=_("公示页地址"),
        required=False,
        max_length=300,
        help_text=_("合同约定的公示网页，https 地址，主机须在允许巡查的名单上。留空即不巡查。"),
    )


class AddressForm(forms.Form):
    """Where a recipient is pushed to; an empty address ends pushing."""

    url = forms.CharField(
        label=_("推送地址"), required=False, max_length=300, help_text=_("留空即停止推送，由对方自行领取。")
    )


class DeletedForm(forms.Form):
    """By which day a recipient confirmed in writing that what was due is deleted."""

    through = forms.DateField(
        label=_("对方确认已删除：到期日截至"),
        widget=forms.DateInput(attrs=DATE),
        help_text=_("凭对方的书面确认登记；只能填今天以前。"),
    )
