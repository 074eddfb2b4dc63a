"""The forms of the desk of screening."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chengxin.console.enquiry.forms import KINDS
from chengxin.disclosure.screening.services import Asked
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Purpose
from chengxin.rules.screening import Matter

MOST, FILE_BYTES = 5000, 1024 * 1024
_BETWEEN = re.compile(r"[,，;；\t ]+")


class ScreeningForm(forms.Form):
    """Subjects of one kind, one in a line, typed or from a text file; the article and the number of the case."""

    statute = forms.ChoiceField(label=_("依据条款"))
    matter_no = forms.CharField(label=_("办理事项编号"), max_length=80, help_text=_("本单位正在办理的事项的编号。"))
    subject_kind = forms.ChoiceField(label=_("主体类别"))
    code_kind = forms.ChoiceField(label=_("证件（代码）类型"))
    lines = forms.CharField(
        label=_("号码（代码）"),
        required=False,
        help_text=_("每行一个；自然人在号码后空一格写姓名。只按号码比对，不按姓名比对。"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("或者上传文本文件"),
        required=False,
        help_text=_("每行一个，格式同上；UTF-8 编码，不超过 1 MB，最多 5000 行。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    def __init__(self, matter: Matter, purpose: Purpose, english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [CodeKind.USCC] if set(matter.subject_kinds) - {"person"} else []
        kinds += [kind for kind in CodeKind if kind.is_personal] if "person" in matter.subject_kinds else []
        choices: dict[str, list[tuple[str, Any]]] = {
            "statute": [(str(basis), str(basis)) for basis in purpose.basis],
            "subject_kind": [(kind, KINDS[kind]) for kind in matter.subject_kinds],
            "code_kind": [(kind.value, kind.en if english else kind.zh) for kind in kinds],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # A choice field.

    def clean(self) -> dict[str, Any]:
        """Put typed lines and those of the file together; nothing of them is ever repeated in an error."""
        cleaned: dict[str, Any] = super().clean() or {}
        text = "\n".join((cleaned.get("lines") or "", _text(cleaned.get("file"))))
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not 1 <= len(lines) <= MOST:
            raise ValidationError(_("请填写 1 至 5000 行，每行一个号码（代码）。"))
        cleaned["all_lines"] = lines
        return cleaned

    def subjects(self) -> tuple[Asked, ...]:
        """Return the subjects of a valid form, in their order."""
        kind = next(each for each in CodeKind if each.value == self.cleaned_data["code_kind"])
        parts = [(*_BETWEEN.split(line, maxsplit=1), "")[:2] for line in self.cleaned_data["all_lines"]]
        return tuple(Asked(self.cleaned_data["subject_kind"], kind, code[:40], name[:200]) for code, name in parts)


class FeedbackForm(forms.Form):
    """Whether the measure was applied, or why not."""

    applied = forms.ChoiceField(
        label=_("处理结果"), choices=[("yes", _("已采取措施")), ("no", _("未采取措施"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("说明"),
        max_length=500,
        required=False,
        help_text=_("未采取措施的必须写明理由；不要写姓名和号码。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    amount = forms.DecimalField(
        label=_("涉及金额（元）"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )


class HookForm(forms.Form):
    """Where changes are pushed to; an empty address ends pushing."""

    url = forms.CharField(
        label=_("推送地址"),
        required=False,
        max_length=300,
        help_text=_("https 地址，主机须在允许推送的名单上。留空即停止推送，由本单位按序号自行领取。"),
    )


class ReplayForm(forms.Form):
    """From which event on to send again."""

    after = forms.IntegerField(
        label=_("从第几条之后重新推送"), min_value=0, max_value=10**15, help_text=_("填 0 表示从头重新推送。")
    )


def _text(file: Any) -> str:
    if file is None:
        return ""
    if file.size > FILE_BYTES:
        raise ValidationError(_("文件超过 1 MB。请分批比对。"))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValidationError(_("文件不是 UTF-8 编码的文本。请另存为 UTF-8 后再上传。")) from None
