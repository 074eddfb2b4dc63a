"""The forms of the catalogue desk; what they give is the same data that a law file would hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.catalogue import lawbook
from chengxin.catalogue.change_words import KEYS, TYPES, VALUES, word
from chengxin.console.catalogue import column_rows
from chengxin.console.catalogue.words import CLASSES
from chengxin.rules.catalogue_changes import ITEM, LAYOUT, OPERATIONS, RETIREMENT
from chengxin.rules.catalogue_items import SUBJECT_KINDS, Nature, PeriodRule, Publicity
from chengxin.rules.dated import RANK_NAMES
from chengxin.rules.own_columns import COLUMNS, LISTED

DATE = {"type": "date"}
BASES = 3
Pairs = list[tuple[str, Any]]


def _choices(words: Any, empty: bool = False) -> Pairs:
    return [*([("", "—")] if empty else []), *((str(each), VALUES[str(each)]) for each in words)]


def _text(key: str, length: int = 200, **more: Any) -> forms.CharField:
    return forms.CharField(label=KEYS[key], max_length=length, **more)


class ChangeForm(forms.Form):
    """What every change has: its basis, the day from which it holds, and why it is proposed."""

    kind = ""
    bases = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, self.bases + 1):
            self._add_basis(f"basis{number}", f" {number}" if self.bases > 1 else "", number == 1)
        self.fields["since"] = forms.DateField(label=_("自哪一天起"), widget=forms.DateInput(attrs=DATE))
        self.fields["verified"] = forms.BooleanField(label=KEYS["verified"], required=False)
        self.fields["why"] = forms.CharField(
            label=_("为什么提出"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
            help_text=_("写给审核人和公众看。不要写个人信息。"),
        )  # fmt: skip

    def _add_basis(self, name: str, suffix: str, required: bool) -> None:
        ranks = [("", "—"), *((rank.value, word(pair)) for rank, pair in RANK_NAMES.items())]
        labels = (_("依据的文件"), _("依据的条款"), _("文件的效力"))
        for part, label in zip(("instrument", "article"), labels, strict=False):
            self.fields[f"{name}_{part}"] = forms.CharField(label=f"{label}{suffix}", max_length=200, required=required)
        self.fields[f"{name}_rank"] = forms.ChoiceField(label=f"{labels[2]}{suffix}", choices=ranks, required=required)

    def _basis(self, name: str) -> dict[str, str] | None:
        parts = {part: self.cleaned_data[f"{name}_{part}"] for part in ("instrument", "article", "rank")}
        return {part: text for part, text in parts.items() if text} if any(parts.values()) else None

    def content(self) -> dict[str, Any]:
        """Return the change as data; the reader of law files judges it."""
        given = [basis for number in range(1, self.bases + 1) if (basis := self._basis(f"basis{number}"))]
        common = {"basis": given, "since": self.cleaned_data["since"], "verified": self.cleaned_data["verified"]}
        return {self.kind: self.own() | common}

    def own(self) -> dict[str, Any]:
        """Return what only this kind of change says."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, inner: dict[str, Any], why: str = "") -> dict[str, Any]:
        """Return what the form shows for a change as data."""
        found: dict[str, Any] = {**inner, "why": why}
        for number, basis in enumerate(inner.get("basis", ()), 1):
            found |= {f"basis{number}_{part}": text for part, text in basis.items()}
        return found


class ItemForm(ChangeForm):
    """A new item, or a new version of one there is."""

    kind, bases = ITEM, BASES
    code = _text("code", 32, help_text=_("如 JS-CF-01。填已有的代码，就是修改该项。"))
    zh, en, act = _text("zh", 120), _text("en"), _text("act")
    national_class = forms.IntegerField(label=KEYS["national_class"], min_value=1, max_value=13)
    nature = forms.ChoiceField(label=KEYS["nature"], choices=_choices(Nature))
    subject_kinds = forms.MultipleChoiceField(
        label=KEYS["subject_kinds"], choices=_choices(SUBJECT_KINDS), widget=forms.CheckboxSelectMultiple
    )
    layout = forms.ChoiceField(label=KEYS["layout"])
    publicity = forms.ChoiceField(label=KEYS["publicity"], choices=_choices(Publicity))
    contents = forms.CharField(
        label=KEYS["contents"], widget=forms.Textarea(attrs={"rows": 4}), help_text=_("每行一项。")
    )
    source, sharing, update = _text("source"), _text("sharing"), _text("update")
    periods = forms.ChoiceField(label=KEYS["periods"], choices=_choices(PeriodRule))
    term_months = forms.IntegerField(
        label=KEYS["term_months"], required=False, min_value=1, help_text=_("只在“固定月数”时填写。")
    )
    grade = forms.ChoiceField(
        label=KEYS["grade"], choices=_choices(("minor", "general", "serious"), empty=True), required=False,
        help_text=_("只在法律已定程度时选择。"),
    )  # fmt: skip
    procedure = forms.ChoiceField(
        label=KEYS["procedure"], choices=_choices(("ordinary", "simple"), empty=True), required=False
    )
    decision_needed = forms.BooleanField(label=KEYS["decision_needed"], required=False)
    opt_in = forms.BooleanField(label=KEYS["opt_in"], required=False)
    needs_consent = forms.BooleanField(label=KEYS["needs_consent"], required=False)
    until = forms.DateField(label=KEYS["until"], required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = [  # type: ignore[attr-defined]  # A choice field.
            (code, f"{word((table.zh, table.en))}（{code}）")
            for code in lawbook.layouts()
            for table in (lawbook.layout(code),)
        ]
        self.columns = column_rows.rows(self.data if self.is_bound else None, self.initial.get(COLUMNS, ()))
        self._add_basis("public", f" · {KEYS['person_public_basis']}", required=False)

    def clean(self) -> dict[str, Any]:
        """Say which of the item's columns are not in order."""
        given = super().clean() or {}
        for problem in column_rows.problems(self.columns):
            self.add_error(None, problem)
        return given

    def own(self) -> dict[str, Any]:
        """Return the item without its days and bases."""
        plain = {name: self.cleaned_data[name] for name in self.base_fields if name not in ("contents", "term_months")}
        plain["contents"] = _lines(self.cleaned_data["contents"])
        optional = {
            "person_public_basis": self._basis("public"),
            "term_months": self.cleaned_data["term_months"],
            COLUMNS: [row.content() for row in self.columns if not row.blank] or None,
        }
        said = {name: given for name, given in (plain | optional).items() if given not in (None, "")}
        return {**said, "layout": plain["layout"].casefold()}

    @classmethod
    def initial_of(cls, inner: dict[str, Any], why: str = "") -> dict[str, Any]:
        """Return what the form shows for an item as data."""
        found = super().initial_of(inner, why)
        found |= {f"public_{part}": text for part, text in (inner.get("person_public_basis") or {}).items()}
        found["layout"] = str(inner.get("layout", "")).upper()
        return found | {"contents": "\n".join(inner.get("contents", ()))}


class ColumnForm(ChangeForm):
    """One column of one table."""

    kind = LAYOUT
    operation = forms.ChoiceField(label=_("怎样变更"))
    column = forms.ChoiceField(label=_("哪一列"), help_text=_("增加一列的，选该表的“新列”。"))
    heading = forms.CharField(label=_("新列名"), max_length=60, required=False, help_text=_("停用一列的不填。"))
    heading_en = forms.CharField(label=_("新列名（英文）"), max_length=120, required=False)
    new_code = forms.CharField(
        label=_("新列的字段代码"), max_length=32, required=False, help_text=_("只在增加一列时填写，如 CF_SLXM。")
    )
    type = forms.ChoiceField(
        label=_("新列的内容"), required=False, choices=list(TYPES.items()),
    )  # fmt: skip
    choices = forms.CharField(
        label=_("允许的取值"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("只在选项类的列填写，每行一个；下载的模板里会有下拉选择。"),
    )  # fmt: skip
    length = forms.IntegerField(label=_("新列的最大长度"), required=False, min_value=1, max_value=4000)
    klass = forms.ChoiceField(
        label=_("新列含有什么个人信息"), required=False,
        choices=[(each.value, name) for each, name in CLASSES.items()],
    )  # fmt: skip
    published = forms.BooleanField(label=_("新列在公示页显示"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        operations = [(operation.value, word(pair)) for operation, pair in OPERATIONS.items()]
        self.fields["operation"].choices = operations  # type: ignore[attr-defined]  # A choice field.
        self.fields["column"].choices = _columns()  # type: ignore[attr-defined]  # A choice field.

    def own(self) -> dict[str, Any]:
        """Return the column's change; a new column is described as a table describes it."""
        given = self.cleaned_data
        layout, _colon, field = given["column"].partition(":")
        found: dict[str, Any] = {"layout": layout, "operation": given["operation"]}
        if given["operation"] == "add":
            return found | {"added": self._added()}
        found["field"] = field
        if given["operation"] in ("rename", "synonym"):
            found |= {name: given[name] for name in ("heading", "heading_en") if given[name]}
        return found

    def _added(self) -> dict[str, Any]:
        given = self.cleaned_data
        personal = given["klass"] not in ("public", "free_text")
        listed = _lines(given["choices"])
        return {
            "code": given["new_code"], "zh": given["heading"], "en": given["heading_en"] or given["heading"],
            "type": given["type"], "length": given["length"] or 0, "klass": given["klass"],
            "personal": personal, "published": given["published"], **({"choices": listed} if listed else {}),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen operation needs."""
        given = super().clean() or {}
        operation, new = given.get("operation"), str(given.get("column", "")).endswith(":")
        if operation != "retire" and not given.get("heading"):
            self.add_error("heading", _("请填写新列名。"))
        if operation and new != (operation == "add"):
            self.add_error("column", _("增加一列的，选该表的“新列”；其他变更选已有的列。"))
        if operation == "add" and not given.get("new_code"):
            self.add_error("new_code", _("请填写新列的字段代码。"))
        if operation == "add" and (given.get("type") in LISTED) != bool(_lines(given.get("choices") or "")):
            self.add_error("choices", _("选项类的列，每行填一个允许的取值；其他类的列不填。"))
        return given

    @classmethod
    def initial_of(cls, inner: dict[str, Any], why: str = "") -> dict[str, Any]:
        """Return what the form shows for a change of a column as data."""
        found = super().initial_of(inner, why)
        added = inner.get("added") or {}
        found |= {name: added[name] for name in ("type", "length", "klass", "published") if name in added}
        if added:
            found |= {"new_code": added["code"], "heading": added["zh"], "heading_en": added["en"]}
            listed = added.get("choices", ())
            found["choices"] = "\n".join(each if isinstance(each, str) else each["value"] for each in listed)
        return found | {"column": f"{inner.get('layout', '')}:{inner.get('field', '')}"}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _columns() -> Pairs:
    found: Pairs = []
    for code in lawbook.tables():
        table = lawbook.layout(code)
        name = f"{word((table.zh, table.en))}（{code}）"
        found += [(f"{code}:{field.code}", f"{name}：{word((field.zh, field.en))}") for field in table.fields]
        found.append((f"{code}:", _("%(table)s：新列") % {"table": name}))
    return found


class RetirementForm(ChangeForm):
    """An item that is to take no record any more."""

    kind = RETIREMENT
    code = forms.ChoiceField(label=_("停用哪一项"))

    def __init__(self, items: Pairs, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = items  # type: ignore[attr-defined]  # A choice field.

    def own(self) -> dict[str, Any]:
        """Return the item's code."""
        return {"code": self.cleaned_data["code"]}
