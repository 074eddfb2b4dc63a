"""The forms with which a source takes its records back or corrects them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chengxin.intake import withdrawals
from chengxin.intake.corrections import Editable
from chengxin.intake.withdrawals import Ground

_NOTE = {"rows": 3, "maxlength": 500}


class WithdrawalForm(forms.Form):
    """Why a record is withdrawn: a coded reason, the document that says so with its day, and words."""

    reason = forms.ChoiceField(label=_("撤回原因"))
    document_no = forms.CharField(
        label=_("依据文书文号"),
        required=False,
        max_length=128,
        help_text=_("撤销、变更、确认违法或者无效的文书；报送有误的不填。"),
    )
    decided_on = forms.DateField(
        label=_("依据文书日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("法定撤回期限从这一天的次日起算。"),
    )
    note = forms.CharField(
        label=_("说明理由"), max_length=500, widget=forms.Textarea(attrs=_NOTE), help_text=_("封存保管，供核查。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = list(withdrawals.reasons())  # type: ignore[attr-defined]  # A choice field.

    def ground(self) -> Ground:
        """Return what was filled in; only after the form was found valid."""
        given = self.cleaned_data
        return Ground(given["reason"], given["decided_on"], given["document_no"], given["note"])


class NoteForm(forms.Form):
    """The reason of an act, in words."""

    note = forms.CharField(label=_("说明理由"), max_length=500, widget=forms.Textarea(attrs=_NOTE))


class WithdrawalFileForm(forms.Form):
    """A table of withdrawals, and whether it is only a rehearsal."""

    file = forms.FileField(
        label=_("撤回表"),
        help_text=_("CSV 或 XLSX，列名：文号、主体代码、撤回原因、撤销文书文号、撤销日期、说明。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    dry_run = forms.BooleanField(label=_("只试算，不撤回"), required=False)


class CorrectionForm(forms.Form):
    """The fields of a record that may be corrected, and why."""

    def __init__(self, *args: Any, editable: Iterable[Editable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        for each in editable:
            self.fields[each.code] = _field(each, each.en if english else each.zh)
        self.fields["note"] = forms.CharField(label=_("更正理由"), max_length=500, widget=forms.Textarea(attrs=_NOTE))

    def texts(self) -> dict[str, str]:
        """Return the texts by field code, the reason left out."""
        return {code: text for code, text in self.cleaned_data.items() if code != "note"}


def _field(each: Editable, label: str) -> forms.Field:
    hint = _("已有内容不显示；留空表示不改。") if each.sealed else ""
    if each.choices:
        choices = [("", "—"), *((value, value) for value in each.choices)]
        return forms.ChoiceField(label=label, choices=choices, required=False, initial=each.text, help_text=hint)
    widget = forms.Textarea(attrs={"rows": 3}) if each.kind == "textarea" else forms.TextInput()
    return forms.CharField(label=label, required=False, initial=each.text, widget=widget, help_text=hint)
