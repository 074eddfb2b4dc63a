"""The forms about credit reports: a certificate about some branches and days, a number with its code, a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.catalogue import lawbook
from chengxin.disclosure.report import LARGEST
from chengxin.portal.frame import said
from chengxin.rules.periods import add_months
from chengxin.ui.uploads import FilesField

DATE = {"type": "date"}
USUAL_MONTHS = 36


class WholeFileForm(forms.Form):
    """From which day on decisions are wanted in a report on the whole file; without one, all of them."""

    since = forms.DateField(
        label=_("只要这一天以后的决定"),
        required=False,
        widget=forms.DateInput(attrs=DATE),
        help_text=_("不填就是全部。登记、许可等现状不受影响，都会列出。"),
    )

    def __init__(self, typed: Any = None) -> None:
        super().__init__(typed, auto_id="whole_%s")  # The certificate on the same page has a first day too.


class CertificateForm(forms.Form):
    """Which branches and which days a certificate is about; nothing is ticked beforehand."""

    domains = forms.MultipleChoiceField(
        label=_("领域"), widget=forms.CheckboxSelectMultiple, help_text=_("对方要求哪些领域，就勾哪些，够用即可。")
    )
    since = forms.DateField(label=_("查询期起始日"), widget=forms.DateInput(attrs=DATE))
    until = forms.DateField(label=_("查询期截止日"), widget=forms.DateInput(attrs=DATE))

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"since": add_months(today, -USUAL_MONTHS), "until": today})
        super().__init__(*args, **kwargs)
        choices = [(each.code, said(each.zh, each.en)) for each in lawbook.domains(today)]
        self.fields["domains"].choices = choices  # type: ignore[attr-defined]  # A choice field.


class ReportCheckForm(forms.Form):
    """A report's number and the code printed on it."""

    number = forms.CharField(label=_("报告编号"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(
        label=_("核验码"),
        max_length=16,
        help_text=_("8 位字母和数字，印在报告编号旁边。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "short"}),
    )


class FileCheckForm(forms.Form):
    """The file of a report, to be compared with the one that was handed out."""

    file = FilesField(
        label=_("报告文件"),
        largest=LARGEST,
        most=1,
        accept=".pdf,.json",
        help_text=_("收到的 PDF 或者 JSON 原文件，不超过 10 MB。只算摘要比对，不打开、不保存。"),
    )
