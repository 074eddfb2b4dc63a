"""Example rows for a table: one per kind of subject the item takes, invented throughout and in order by every rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chengxin.rules.identifiers.citizen import citizen_check_char
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char
from chengxin.rules.layouts import Field, FieldType, Layout, Must, Role

# No division has this code, so no example can be the number of anybody.
_REGION = "320199"
_ORGANISATION, _INDIVIDUAL, _PERSON = "organisation", "individual_business", "person"
_FINED = "罚款"
_NEEDED_BY = {
    Must.ALWAYS: {_ORGANISATION, _INDIVIDUAL, _PERSON},
    Must.ORGANISATION: {_ORGANISATION},
    Must.REGISTERED: {_ORGANISATION, _INDIVIDUAL},
    Must.PERSON: {_PERSON},
    Must.OPTIONAL: set(),
}
_YEARS_IN_FORCE = 3


@dataclass(frozen=True, slots=True)
class Source:
    """The agency that files, as it stands in its own rows."""

    name: str
    uscc: str


def _uscc(category: str, body: str) -> str:
    inner = body + org_check_char(body)
    return category + _REGION + inner + uscc_check_char(category + _REGION + inner)


INVENTED = Source("示例市示例管理局", _uscc("11", "00990001"))
_NAMES = {_ORGANISATION: "示例食品有限公司", _INDIVIDUAL: "示例便利店（个体工商户）", _PERSON: "张示例"}
_CODES = {_ORGANISATION: _uscc("91", "MA990001"), _INDIVIDUAL: _uscc("92", "MA990002")}
_CITIZEN = f"{_REGION}19800229901"
_NUMBER = _CITIZEN + citizen_check_char(_CITIZEN)


def example_rows(
    layout: Layout, subject_kinds: list[str], today: date, source: Source = INVENTED
) -> list[dict[str, str]]:
    """Return example rows by field code, one for each kind of subject that both the item and the table take."""
    kind_field = layout.role(Role.SUBJECT_KIND)
    offered = [c.means for c in kind_field.choices] if kind_field else [layout.default_kind]
    kinds = [kind for kind in offered if kind in subject_kinds]
    return [_row(layout, kind, number, today, source) for number, kind in enumerate(kinds, 1)]


def _row(layout: Layout, kind: str, number: int, today: date, source: Source) -> dict[str, str]:
    known = _by_role(layout, kind, number, today, source)
    row = {}
    for field in layout.fields:
        value = known.get(field.role, "") if field.role else ""
        if not value and kind in _NEEDED_BY[field.must]:
            value = _by_type(field, today, source)
        row[field.code] = value
    return row


def _by_role(layout: Layout, kind: str, number: int, today: date, source: Source) -> dict[Role, str]:
    ends = date(today.year + _YEARS_IN_FORCE, 12, 31).isoformat()
    category = _category(layout)
    certificate = _meaning(layout.role(Role.PERSON_CERTIFICATE), "citizen_id")
    return {
        Role.SUBJECT_NAME: _NAMES[kind],
        Role.SUBJECT_KIND: _meaning(layout.role(Role.SUBJECT_KIND), kind),
        Role.SUBJECT_USCC: _CODES.get(kind, ""),
        Role.PERSON_CERTIFICATE: certificate if kind == _PERSON else "",
        Role.PERSON_NUMBER: _NUMBER if kind == _PERSON else "",
        Role.DOCUMENT_NO: f"示例〔{today.year}〕{number}号",
        Role.CATEGORY: category,
        Role.FINE: "0.5" if category == _FINED else "",
        Role.DECIDED_ON: today.isoformat(),
        Role.VALID_FROM: today.isoformat(),
        Role.VALID_UNTIL: ends,
        Role.AUTHORITY_NAME: source.name,
        Role.AUTHORITY_CODE: source.uscc,
        Role.SOURCE_CODE: source.uscc,
    }


def _category(layout: Layout) -> str:
    field = layout.role(Role.CATEGORY)
    if field is None:
        return ""
    values = [choice.value for choice in field.choices]
    return _FINED if _FINED in values else values[0]


def _meaning(field: Field | None, means: str) -> str:
    return next((choice.value for choice in field.choices if choice.means == means), "") if field else ""


def _by_type(field: Field, today: date, source: Source) -> str:
    if field.choices:
        return field.choices[0].value
    if field.type in (FieldType.DATE, FieldType.UNTIL):
        return today.isoformat()
    if field.type is FieldType.WAN:
        return "0.5"
    if field.type is FieldType.USCC:
        return source.uscc
    return f"示例{field.zh}"[: field.length or None]
