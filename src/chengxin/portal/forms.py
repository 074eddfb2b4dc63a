"""The forms of this door."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.cases.evidence import AT_ONCE, LARGEST
from chengxin.rights.objections import GROUNDS
from chengxin.ui.uploads import FilesField

LONGEST_TEXT = 4000


def evidence_field() -> FilesField:
    """Return the field with which a form takes evidence, optional, for it can be handed in later too."""
    return FilesField(
        label=_("证据材料"),
        required=False,
        largest=LARGEST,
        most=AT_ONCE,
        help_text=_("票据、文书、截图等。PDF、JPEG、PNG，最多 5 个，每个不超过 5 MB。以后也可以补充。"),
    )


class ObjectionForm(forms.Form):
    """Why a record is wrong, and what it should be."""

    grounds = forms.ChoiceField(label=_("哪里不对"), widget=forms.RadioSelect, choices=list(GROUNDS.items()))
    text = forms.CharField(
        label=_("请说明哪里不对、应当是什么"),
        max_length=LONGEST_TEXT,
        help_text=_("用自己的话写就可以。知道文书号、日期或金额的，请写上。"),
        widget=forms.Textarea(attrs={"rows": 6, "width": "full"}),
    )
    evidence = evidence_field()


class EvidenceForm(forms.Form):
    """Files that an applicant adds to an open case."""

    evidence = FilesField(
        label=_("证据材料"),
        largest=LARGEST,
        most=AT_ONCE,
        help_text=_("PDF、JPEG、PNG，一次最多 5 个，每个不超过 5 MB。文件名不会保存。"),
    )


class RestorationForm(forms.Form):
    """How the duty was performed, and the two things the applicant confirms."""

    duty_performed_on = forms.DateField(
        label=_("义务全部履行完毕的日期"),
        required=False,
        help_text=_("例如缴清罚款的日期。暂时不知道可以不填，窗口会通知您补正。"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    duty_text = forms.CharField(
        label=_("履行情况说明"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=_("例如：罚款已于某日缴清，票据号某某；违法行为已改正。"),
        widget=forms.Textarea(attrs={"rows": 4, "width": "full"}),
    )
    evidence = evidence_field()
    truthful = forms.BooleanField(label=_("我确认：以上填写的内容真实、完整。"))
    commitment = forms.BooleanField(label=_("我已读完上面的信用承诺，自愿作出承诺。"))


class NoteForm(forms.Form):
    """A few sentences that go with a step on a case."""

    note = forms.CharField(
        label=_("请说明理由"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5, "width": "full"})
    )


class CompletionForm(forms.Form):
    """What an applicant hands in when papers were missing."""

    performed_on = forms.DateField(label=_("义务全部履行完毕的日期"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label=_("补充说明"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5, "width": "full"})
    )
    evidence = evidence_field()


class SpeakingForm(forms.Form):
    """What an applicant says in their own defence, with what shows it."""

    note = forms.CharField(
        label=_("您的陈述和申辩"),
        max_length=LONGEST_TEXT,
        help_text=_("写明事实和理由。内容加密保存，决定人会看到。"),
        widget=forms.Textarea(attrs={"rows": 6, "width": "full"}),
    )
    evidence = evidence_field()
