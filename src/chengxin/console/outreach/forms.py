"""The form by which an officer confirms a duty."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DutyForm(forms.Form):
    """The decision, by its own number and date, and the day on which its duty was performed."""

    document_no = forms.CharField(
        label=_("决定文书号"),
        max_length=200,
        help_text=_("与报送时一致，例如：示交罚〔2026〕1号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    document_date = forms.DateField(label=_("作出决定的日期"), widget=forms.DateInput(attrs={"type": "date"}))
    performed_on = forms.DateField(
        label=_("义务全部履行完毕的日期"),
        help_text=_("罚款已缴清、违法行为已改正的日期。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    checked = forms.BooleanField(
        label=_("我已核实：义务已全部履行。我知道轻微失信记录将因此立即终止。"),
    )


class CancelForm(forms.Form):
    """The decision whose confirmed duty was not performed after all, and why the confirmation was wrong."""

    document_no = forms.CharField(
        label=_("决定文书号"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    document_date = forms.DateField(label=_("作出决定的日期"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("撤销的理由"),
        max_length=2000,
        help_text=_("当事人会看到。例如：缴款凭证属于另一份决定。"),
        widget=forms.Textarea(attrs={"rows": 3, "width": "full"}),
    )
    checked = forms.BooleanField(label=_("我知道：当事人将收到通知；已据此终止的记录由信用中心两人复查。"))


class ProposalForm(forms.Form):
    """What the reviewer proposes after the person was heard."""

    outcome = forms.ChoiceField(
        label=_("拟议结论"),
        widget=forms.RadioSelect,
        choices=[("reinstate", _("恢复记录，至原定期限届满")), ("stand", _("维持终止"))],
    )
    reason = forms.CharField(
        label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "width": "full"})
    )
    heard = forms.CharField(
        label=_("怎样听取了当事人的意见"),
        max_length=2000,
        help_text=_("何时、用什么方式、当事人说了什么。"),
        widget=forms.Textarea(attrs={"rows": 3, "width": "full"}),
    )
