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
