"""The form with which a file is sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chengxin.catalogue import selectors as catalogue
from chengxin.ui.uploads import Files


class FilesField(forms.FileField):
    """One or more files, each as it was uploaded."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files; raise ValidationError when there is none."""
        if not data:
            return [super().clean(None, initial)]
        return [super(FilesField, self).clean(each, initial) for each in data]


class SubmissionForm(forms.Form):
    """Files, the catalogue item they are for, and whether it is only a rehearsal."""

    item = forms.ChoiceField(label=_("目录项"), help_text=_("按公共信用信息目录选择；不在目录内的信息不得报送。"))
    file = FilesField(
        label=_("文件"),
        allow_empty_file=True,
        help_text=_(
            "可以选多个：CSV、XLSX、XLS、JSON，或装有这些文件的 ZIP。表格第一行是列名；CSV 用 UTF-8 或 GB18030 都可以。"
        ),
        widget=Files(attrs={"accept": ".csv,.txt,.xlsx,.xls,.json,.ndjson,.jsonl,.zip"}),
    )
    dry_run = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = _items(today)  # type: ignore[attr-defined]  # A choice field.


class MappingForm(forms.Form):
    """A file whose columns a person will match, and the catalogue item it is for."""

    item = forms.ChoiceField(label=_("目录项"))
    file = forms.FileField(label=_("文件"), help_text=_("第一行是列名。"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = _items(today)  # type: ignore[attr-defined]  # A choice field.


class OwnFileForm(forms.Form):
    """A file that its owner hands in again, to have it annotated."""

    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.json,.ndjson,.jsonl"}),
    )


class BlankForm(forms.Form):
    """Which empty table to download."""

    item = forms.ChoiceField(label=_("目录项"))
    format = forms.ChoiceField(
        label=_("格式"), choices=[("xlsx", _("XLSX（带下拉选项、填写说明和示例）")), ("csv", _("CSV（只有列名）"))]
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "blank_%s", **kwargs})
        self.fields["item"].choices = _items(today)  # type: ignore[attr-defined]  # A choice field.


def _items(today: date) -> list[tuple[str, str]]:
    """Return the items in force that files may bring, by code."""
    english = (get_language() or "").startswith("en")
    return [
        (item.item.code, f"{item.item.code} {item.name_en if english else item.name_zh}")
        for item in catalogue.items(today)
        if not item.needs_consent
    ]
