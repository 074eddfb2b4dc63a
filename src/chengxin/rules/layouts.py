"""The shape of a reported table: fields, what each may hold, and which column of a file is which field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from chengxin.rules.errors import Refusal

# Full-width forms differ only in width, so a header typed with an input method still names the same column.
_IGNORED_IN_HEADERS = str.maketrans("", "", " \t\r\n\u3000\u00a0\ufeff*＊_-—（）()：:")


class LayoutFault(Refusal):
    """The description of a layout contradicts itself; the file under ``law/`` has to be corrected."""

    code = "layout_fault"


class FieldType(StrEnum):
    """How the text of a cell is read, and what its typed value is."""

    TEXT = "text"  # text without surrounding blanks
    DATE = "date"  # a date
    UNTIL = "until"  # a date, or UNLIMITED
    WAN = "wan"  # an amount in 万元, typed as whole fen
    CHOICE = "choice"  # one of the listed values
    CHOICES = "choices"  # listed values joined by a semicolon
    USCC = "uscc"  # unified social credit code of an organisation
    ORG_CODE = "org_code"  # nine-character organisation code
    PERSON_CODE = "person_code"  # number of a person's certificate
    DOCUMENT_NO = "document_no"  # number of a decision document


class Must(StrEnum):
    """When a field has to be filled in."""

    ALWAYS = "always"
    OPTIONAL = "optional"
    ORGANISATION = "organisation"  # the subject is a legal person or unincorporated organisation
    REGISTERED = "registered"  # the subject is an organisation or an individual business
    PERSON = "person"  # the subject is a natural person


class Role(StrEnum):
    """What a field is for, so that one rule serves every layout whatever its columns are called."""

    SUBJECT_NAME = "subject_name"
    SUBJECT_KIND = "subject_kind"
    SUBJECT_USCC = "subject_uscc"
    REGISTRATION_NO = "registration_no"
    PERSON_CERTIFICATE = "person_certificate"
    PERSON_NUMBER = "person_number"
    REPRESENTATIVE_CERTIFICATE = "representative_certificate"
    REPRESENTATIVE_NUMBER = "representative_number"
    DOCUMENT_NO = "document_no"
    CATEGORY = "category"
    CONTENT = "content"
    FINE = "fine"
    CONFISCATION = "confiscation"
    LICENCE = "licence"
    DECIDED_ON = "decided_on"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    AUTHORITY_NAME = "authority_name"
    AUTHORITY_CODE = "authority_code"
    SOURCE_CODE = "source_code"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value, the meaning the rules give it, and the other spellings under which it arrives."""

    value: str
    means: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its official code, headings, type, maximum length in characters and mask class."""

    code: str
    zh: str
    en: str
    type: FieldType = FieldType.TEXT
    length: int = 0  # 0 means that the source gives no limit
    must: Must = Must.OPTIONAL
    klass: str = "public"
    personal: bool = False
    published: bool = False
    role: Role | None = None
    choices: tuple[Choice, ...] = ()
    open_prefix: str = ""  # values beginning with this word are allowed although they are not listed
    aliases: tuple[str, ...] = ()
    fallback: str = ""  # code of the field that stands in when nothing is written in this one
    public_body: bool = False  # the code of a body with public powers, which answers for what it decided
    informative: bool = False  # nothing hangs on the value, so one that cannot be read is left out with a warning

    def choice(self, text: str) -> Choice | None:
        """Return the allowed value that this spelling stands for, or None."""
        for candidate in self.choices:
            if text == candidate.value or text in candidate.also:
                return candidate
        return None


@dataclass(frozen=True, slots=True)
class Passed:
    """A column that is known and not part of the table; a row whose value is not among ``only`` may not be taken.

    ``procedures`` are the spellings of the procedure by which a penalty was decided, "simple" or "ordinary".
    """

    name: str
    only: tuple[str, ...] = ()  # empty means that any value may stand there
    procedures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Other names under which columns arrive: those of an older notice, or what local systems add.

    ``otherwise`` are names that mean another field in this dialect than they do today, and ``codes`` say by field what
    its code set means today; both hold only in a file that speaks the dialect, and a person is asked about them.
    """

    code: str
    zh: str
    en: str
    since: date
    until: date | None
    basis: str
    verified: bool
    names: Mapping[str, str] = field(default_factory=dict)  # heading to field code
    joined: Mapping[str, str] = field(default_factory=dict)  # heading to a field that several columns fill together
    passed_over: tuple[Passed, ...] = ()
    otherwise: Mapping[str, str] = field(default_factory=dict)  # heading to field code
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field code to value by spelling

    def other(self, heading: str) -> str:
        """Return the field that a heading of today means in this dialect, "" when it means the same."""
        name = fold_header(heading)
        return next((code for known, code in self.otherwise.items() if fold_header(known) == name), "")


@dataclass(frozen=True, slots=True)
class Named:
    """What a heading stands for: a field by its code, its name, an alias or a dialect; no field when passed over."""

    field: str
    how: str  # code, heading, alias or dialect
    dialect: Dialect | None = None
    joined: bool = False
    passed: Passed | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """Which heading of a file is which field, which required fields are absent, and which headings are unknown."""

    mapping: dict[str, str]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    doubled: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True when every field that is always required was found once."""
        return not self.missing and not self.doubled


@dataclass(frozen=True, slots=True)
class Layout:
    """One version of a reported table, valid from ``since`` until ``until`` (last day, None = still valid)."""

    code: str
    version: str
    zh: str
    en: str
    since: date
    until: date | None
    basis: str
    verified: bool
    fields: tuple[Field, ...]
    default_kind: str = "organisation"
    publish_workdays: str = ""  # key of the dated value that says how soon a decision must be reported
    dialects: tuple[Dialect, ...] = ()
    _by_code: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)
    _by_role: dict[Role, Field] = field(default_factory=dict, repr=False, compare=False)
    _named: dict[str, Named] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_code.update({f.code: f for f in self.fields})
        self._by_role.update({f.role: f for f in self.fields if f.role})
        if len(self._by_code) != len(self.fields):
            raise LayoutFault("字段代码重复。", "A field code is used twice.", layout=self.code)
        if len(self._by_role) != sum(1 for f in self.fields if f.role):
            raise LayoutFault("字段用途重复。", "A field role is used twice.", layout=self.code)
        if unknown := {f.fallback for f in self.fields if f.fallback} - set(self._by_code):
            raise LayoutFault(f"没有字段 {unknown}。", f"There is no field {unknown}.", layout=self.code)
        self._name_everything()

    @property
    def name(self) -> str:
        """The Chinese name of the table."""
        return self.zh

    @property
    def codes(self) -> tuple[str, ...]:
        """Field codes in the official order."""
        return tuple(f.code for f in self.fields)

    def get(self, code: str) -> Field:
        """Return the field with this code; raises KeyError."""
        return self._by_code[code]

    def role(self, role: Role) -> Field | None:
        """Return the field that plays this role, or None when the layout has none."""
        return self._by_role.get(role)

    def named(self, heading: str) -> Named | None:
        """Return what a heading is known to stand for, or None; nothing is ever guessed here."""
        return self._named.get(fold_header(heading))

    def spoken(self, headings: Iterable[str]) -> Dialect | None:
        """Return the dialect of which a heading is known by no other name, or None; passed columns prove nothing."""
        for known in map(self.named, headings):
            if known and known.field and known.dialect and (known.dialect.codes or known.dialect.otherwise):
                return known.dialect
        return None

    def match(self, headers: Iterable[str]) -> Matched:
        """Recognise every name the layout knows; everything else is left for a person to map."""
        mapping: dict[str, str] = {}
        extra: list[str] = []
        doubled: list[str] = []
        whole: set[str] = set()
        for header in headers:
            known = self.named(header)
            if known is None or not known.field:
                extra.append(header)
            elif known.field in whole and not known.joined:
                doubled.append(header)
            else:
                mapping[header] = known.field
                whole |= set() if known.joined else {known.field}
        return Matched(mapping, self.absent(mapping.values()), tuple(extra), tuple(doubled))

    def absent(self, found: Iterable[str]) -> tuple[str, ...]:
        """Return the codes of the fields that are always required and not among those found."""
        codes = set(found)
        return tuple(f.code for f in self.fields if f.must is Must.ALWAYS and codes.isdisjoint((f.code, f.fallback)))

    def _name_everything(self) -> None:
        """Gather every accepted heading, folded; codes win over headings, headings over aliases and dialects."""
        for how, spelling in (("code", lambda f: (f.code,)), ("heading", lambda f: (f.zh,)), ("alias", _aliases)):
            for one in self.fields:
                for name in spelling(one):
                    self._named.setdefault(fold_header(name), Named(one.code, how))
        for dialect in self.dialects:
            self._name_dialect(dialect)

    def _name_dialect(self, dialect: Dialect) -> None:
        for names, joined in ((dialect.names, False), (dialect.joined, True)):
            for name, code in names.items():
                self._check_known(code)
                self._named.setdefault(fold_header(name), Named(code, "dialect", dialect, joined))
        for code in (*dialect.otherwise.values(), *dialect.codes):
            self._check_known(code)
        for passed in dialect.passed_over:
            self._named.setdefault(fold_header(passed.name), Named("", "dialect", dialect, passed=passed))

    def _check_known(self, code: str) -> None:
        if code not in self._by_code:
            raise LayoutFault(f"没有字段 {code}。", f"There is no field {code}.", layout=self.code)


def _aliases(one: Field) -> tuple[str, ...]:
    return one.aliases


def fold_header(header: str) -> str:
    """Reduce a heading to what identifies it: width, case, blanks, brackets and required-marks do not matter."""
    return unicodedata.normalize("NFKC", header).translate(_IGNORED_IN_HEADERS).upper()


def parse_layout(mapping: Mapping[str, Any]) -> Layout:
    """Build a layout from the content of one file ``law/<place>/layouts/<code>.yaml``; raises LayoutFault."""
    try:
        return Layout(
            code=mapping["code"],
            version=str(mapping["version"]),
            zh=mapping["name"]["zh"],
            en=mapping["name"]["en"],
            since=_day(mapping["since"]),
            until=_day(mapping["until"]) if mapping.get("until") else None,
            basis=mapping["basis"],
            verified=bool(mapping["verified"]),
            fields=tuple(parse_field(entry) for entry in mapping["fields"]),
            default_kind=mapping.get("default_kind", "organisation"),
            publish_workdays=mapping.get("publish_workdays", ""),
            dialects=tuple(_dialect(entry) for entry in mapping.get("dialects", ())),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise LayoutFault(
            f"表结构定义有误：{fault}。请改正 law/ 下的文件。",
            f"The layout is faulty: {fault}. Correct the file in law/.",
        ) from fault


def parse_field(entry: Mapping[str, Any]) -> Field:
    """Read one column of a layout; raises KeyError, TypeError, ValueError."""
    unknown = set(entry) - set(Field.__slots__)
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)}")
    return Field(
        code=entry["code"],
        zh=entry["zh"],
        en=entry["en"],
        type=FieldType(entry.get("type", "text")),
        length=int(entry.get("length", 0)),
        must=Must(entry.get("must", "optional")),
        klass=entry.get("klass", "public"),
        personal=bool(entry.get("personal", False)),
        published=bool(entry.get("published", False)),
        role=Role(entry["role"]) if "role" in entry else None,
        choices=_choices(entry.get("choices", ())),
        open_prefix=entry.get("open_prefix", ""),
        aliases=tuple(str(alias) for alias in entry.get("aliases", ())),
        fallback=entry.get("fallback", ""),
        public_body=bool(entry.get("public_body", False)),
        informative=bool(entry.get("informative", False)),
    )


def _dialect(entry: Mapping[str, Any]) -> Dialect:
    unknown = set(entry) - set(Dialect.__slots__)
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)}")
    return Dialect(
        code=str(entry["code"]),
        zh=entry["zh"],
        en=entry["en"],
        since=_day(entry["since"]),
        until=_day(entry["until"]) if entry.get("until") else None,
        basis=entry["basis"],
        verified=bool(entry["verified"]),
        names=dict(entry.get("names", {})),
        joined=dict(entry.get("joined", {})),
        passed_over=tuple(_passed(one) for one in entry.get("passed_over", ())),
        otherwise=dict(entry.get("otherwise", {})),
        codes={code: {str(k): str(v) for k, v in means.items()} for code, means in entry.get("codes", {}).items()},
    )


def _passed(entry: str | Mapping[str, Any]) -> Passed:
    if isinstance(entry, str):
        return Passed(entry)
    procedures = {name: tuple(map(str, words)) for name, words in entry.get("procedures", {}).items()}
    return Passed(entry["name"], tuple(str(text) for text in entry.get("only", ())), procedures)


def _choices(entries: Sequence[Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(entry) if isinstance(entry, str) else Choice(entry["value"], entry.get("means", ""), _texts(entry))
        for entry in entries
    )


def _texts(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(text) for text in entry.get("also", ()))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
