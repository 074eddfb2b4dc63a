"""Which column of a file is which field: what is certain by name, what is only likely, and what a person must say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType

from chengxin.rules.layouts import Dialect, Field, FieldType, Layout, Named, Passed, fold_header

# At least this share of the filled cells has to read as the field, or this alike a name has to be, to be proposed.
FITS = 0.9
ALIKE = 0.72
_TELLING = frozenset(
    {FieldType.DATE, FieldType.UNTIL, FieldType.USCC, FieldType.CHOICE, FieldType.CHOICES, FieldType.DOCUMENT_NO}
)


class Certainty(StrEnum):
    """How far a proposal may go: only what is known by its name is ever applied without asking."""

    SURE = "sure"  # known by its name
    CONFIRMED = "confirmed"  # a person of the agency said so for these headings
    PASSED = "passed"  # known, and not part of the table
    EMPTY = "empty"  # nothing stands in the column
    LIKELY = "likely"  # proposed, and asked
    OPEN = "open"  # nothing to propose


@dataclass(frozen=True, slots=True)
class Contents:
    """What a sample of a column looks like: cells sampled, cells filled, their usual shape, and how fields fit.

    ``fits`` gives, by field code, the share (0 to 1) of the filled cells that can be read as that field.
    """

    rows: int
    filled: int
    zh: str
    en: str
    fits: Mapping[str, float]


NOTHING_SEEN = Contents(0, 0, "", "", {})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one heading is proposed to stand for ("" = left out), and why, in both languages."""

    heading: str
    field: str
    certainty: Certainty
    zh: str
    en: str
    joined: bool = False
    passed: Passed | None = None


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposals in the order of the columns; ``missing`` required fields and ``doubled`` headings keep a file out."""

    columns: tuple[Proposal, ...]
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The headings of filled columns that nothing is certain about."""
        asked = (Certainty.LIKELY, Certainty.OPEN)
        return tuple(column.heading for column in self.columns if column.certainty in asked)

    @property
    def settled(self) -> bool:
        """True when every filled column is certain and every required field was found once."""
        return not (self.missing or self.doubled or self.unknown)

    @property
    def recognised(self) -> int:
        """Number of columns known by name."""
        return sum(1 for column in self.columns if column.certainty in (Certainty.SURE, Certainty.CONFIRMED))


def propose(headings: Sequence[str], layout: Layout, contents: Sequence[Contents] = ()) -> Proposals:
    """Propose a field for every heading; names decide, contents and likeness only ever propose."""
    seen = list(contents) or [NOTHING_SEEN] * len(headings)
    known = [_by_name(heading, layout, look) for heading, look in zip(headings, seen, strict=True)]
    known = _doubted(known, layout.spoken(headings), layout)
    doubled = _doubled(headings, known)
    taken = {column.field for column in known if column and column.field}
    columns = [
        column or _guess(heading, layout, look, taken)
        for heading, column, look in zip(headings, known, seen, strict=True)
    ]
    return Proposals(tuple(_contested(columns)), layout.absent(taken), doubled)


def confirmed(
    headings: Sequence[str],
    mapping: Mapping[str, str],
    layout: Layout,
    filled: Collection[str] = (),
    living: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Proposals:
    """Return the columns as a person confirmed them; ``mapping`` goes from folded heading to field code or "".

    ``filled`` are fields that no column fills and something else does; ``living`` are by field the only spellings that
    may stand in a column.
    """
    columns = []
    for heading in headings:
        code, known = mapping[fold_header(heading)], layout.named(heading)
        passed = known.passed if known and not code else None
        if code in living:
            passed = Passed(heading, living[code])
        columns.append(
            Proposal(heading, code, Certainty.CONFIRMED, "本单位已确认", "confirmed by the agency", passed=passed)
        )
    codes = [column.field for column in columns if column.field]
    doubled = tuple(code for code, count in Counter(codes).items() if count > 1 and not joinable(layout, code))
    return Proposals(tuple(columns), layout.absent([*codes, *filled]), doubled)


def joinable(layout: Layout, code: str) -> bool:
    """Tell whether several columns may fill a field together: only lists of values can be joined."""
    return layout.get(code).type is FieldType.CHOICES


def unit_differs(heading: str, field: Field) -> bool:
    """Tell whether a heading names another unit of money than its field, whose figures are in 万元."""
    name = fold_header(heading)
    return field.type is FieldType.WAN and "万元" not in name and any(unit in name for unit in ("元", "角", "分"))


def looks_like_data(headings: Sequence[str], fits: Sequence[Mapping[str, float]], layout: Layout) -> bool:
    """Tell whether the first row holds values; ``fits`` are the contents of the headings themselves."""
    telling = [field.code for field in layout.fields if field.type in _TELLING]
    for heading, fit in zip(headings, fits, strict=True):
        if layout.named(heading) is None and any(fit.get(code, 0) for code in telling):
            return True
    return sum(1 for heading in headings if any(character.isdigit() for character in heading)) * 2 > len(headings) and (
        not any(layout.named(heading) for heading in headings)
    )


def _by_name(heading: str, layout: Layout, look: Contents) -> Proposal | None:
    known = layout.named(heading)
    if known is None:
        return _without_name(heading, look)
    zh, en = _name_reason(heading, known, layout)
    certainty = Certainty.SURE if known.field else Certainty.PASSED
    return Proposal(heading, known.field, certainty, zh, en, known.joined, known.passed)


def _doubted(known: Sequence[Proposal | None], spoken: Dialect | None, layout: Layout) -> list[Proposal | None]:
    """Turn what means something else in the dialect of the file into a question."""
    if spoken is None:
        return list(known)
    return [column and _doubt(column, spoken, layout) for column in known]


def _doubt(column: Proposal, spoken: Dialect, layout: Layout) -> Proposal:
    other = spoken.other(column.heading)
    if other:
        field = layout.get(other)
        zh, en = f"{spoken.code} 年的这一列是“{field.zh}”", f"in {spoken.code} this column was “{field.en}”"
        return _likely(column.heading, field, zh, en)
    if column.field in spoken.codes:
        zh, en = f"{spoken.code} 年的代码含义不同", f"the codes of {spoken.code} mean something else"
        return _likely(column.heading, layout.get(column.field), zh, en)
    return column


def _without_name(heading: str, look: Contents) -> Proposal | None:
    """A column in which nothing stands loses nothing when it is left out."""
    if look.rows and not look.filled:
        return Proposal(heading, "", Certainty.EMPTY, "整列为空", "the column is empty")
    return None


def _name_reason(heading: str, known: Named, layout: Layout) -> tuple[str, str]:
    if known.dialect is not None:
        kind = ("，不属于报送格式", ", not part of the table") if not known.field else ("", "")
        joined = ("，与同类列合并", ", joined with its sister column") if known.joined else ("", "")
        return f"{known.dialect.zh}{joined[0]}{kind[0]}", f"{known.dialect.en}{joined[1]}{kind[1]}"
    field = layout.get(known.field)
    if known.how == "code":
        return "字段代码", "field code"
    if known.how == "alias":
        return "常见写法", "usual variant"
    if heading == field.zh:
        return "同名", "same name"
    return "去掉括号和空格后同名", "same name apart from brackets and blanks"


def _doubled(headings: Sequence[str], known: Sequence[Proposal | None]) -> tuple[str, ...]:
    """Return the headings of fields that more than one column claims, unless they are joined, and repeated headings."""
    whole = Counter(column.field for column in known if column and column.field and not column.joined)
    claimed = [
        heading
        for heading, column in zip(headings, known, strict=True)
        if column and not column.joined and whole[column.field] > 1
    ]
    repeated = [name for name, count in Counter(headings).items() if count > 1 and name not in claimed]
    return tuple(dict.fromkeys([*claimed, *repeated]))


def _guess(heading: str, layout: Layout, look: Contents, taken: set[str]) -> Proposal:
    """Propose by code without prefix, by a name that is alike, or by contents that only one open field can read."""
    free = [field for field in layout.fields if field.code not in taken and not unit_differs(heading, field)]
    bare = [field for field in free if fold_header(heading) == fold_header(_bare(field.code))]
    if len(bare) == 1:
        return _likely(heading, bare[0], "字段代码，缺少前缀", "field code without its prefix")
    alike = _most_alike(heading, free)
    if alike is not None and not _contradicted(alike, look):
        return _likely(heading, alike, f"与“{alike.zh}”相近", f"like “{alike.en}”")
    telling = [
        field for field in free if field.type in _TELLING and look.filled and look.fits.get(field.code, 0) > FITS
    ]
    if len(telling) == 1:
        zh, en = _CONTENT[telling[0].type]
        return _likely(heading, telling[0], f"内容全部像{zh}", f"its contents look like {en}")
    if telling:
        return Proposal(heading, "", Certainty.OPEN, "内容适合几个字段，须由您选择", "its contents fit several fields")
    if any(unit_differs(heading, field) for field in layout.fields):
        return Proposal(
            heading, "", Certainty.OPEN, "单位不是万元，须先换算", "its unit is not 10000 yuan; convert it first"
        )
    return Proposal(heading, "", Certainty.OPEN, "没有找到对应的字段", "no field was found for it")


_CONTENT: dict[FieldType, tuple[str, str]] = {
    FieldType.DATE: ("日期", "dates"),
    FieldType.UNTIL: ("日期", "dates"),
    FieldType.USCC: ("18 位统一社会信用代码", "18-character unified social credit codes"),
    FieldType.CHOICE: ("该字段的规定取值", "the values listed for the field"),
    FieldType.CHOICES: ("该字段的规定取值", "the values listed for the field"),
    FieldType.DOCUMENT_NO: ("文号", "document numbers"),
}


def _likely(heading: str, field: Field, zh: str, en: str) -> Proposal:
    return Proposal(heading, field.code, Certainty.LIKELY, zh, en)


def _bare(code: str) -> str:
    return code.split("_", 1)[-1]


def _most_alike(heading: str, free: Sequence[Field]) -> Field | None:
    """Return the field whose name is most alike, if one is alike enough and no other equally so."""
    name = fold_header(heading)
    if not name:
        return None
    scored = sorted(((_likeness(name, field), field.code, field) for field in free), reverse=True, key=lambda s: s[0])
    if not scored or scored[0][0] < ALIKE or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None
    return scored[0][2]


def _likeness(name: str, field: Field) -> float:
    names = (fold_header(other) for other in (field.code, field.zh, *field.aliases))
    return max(SequenceMatcher(None, name, other, autojunk=False).ratio() for other in names)


def _contradicted(field: Field, look: Contents) -> bool:
    return bool(look.filled) and look.fits.get(field.code, 1.0) < 1 - FITS


def _contested(columns: Sequence[Proposal]) -> list[Proposal]:
    """Two columns likely to be the same field are both left open, for one of them must be something else."""
    claims = Counter(column.field for column in columns if column.certainty is Certainty.LIKELY)
    return [
        Proposal(
            column.heading, "", Certainty.OPEN, "几列都像同一字段，须由您选择", "several columns look like one field"
        )
        if column.certainty is Certainty.LIKELY and claims[column.field] > 1
        else column
        for column in columns
    ]
