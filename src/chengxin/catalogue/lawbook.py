"""The law directory read once into memory: national files, each province's own, and over them the desk's changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from chengxin.catalogue import overlay
from chengxin.catalogue.yamlfile import parse
from chengxin.rules.catalogue_items import ItemDefinition, read_item
from chengxin.rules.dated import NATIONAL, LawBook
from chengxin.rules.divisions import Division, read_division
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import (
    Measure,
    Prohibited,
    Purpose,
    calendar_of,
    read_measure,
    read_prohibited,
    read_purpose,
    read_value,
    read_year,
)
from chengxin.rules.lawreader import Entry, LawFileFault
from chengxin.rules.layouts import Layout, parse_layout
from chengxin.rules.own_tables import own_table
from chengxin.rules.report_domains import Domain, read_domain
from chengxin.rules.report_layouts import OTHERS, ReportLayout, of_kind, read_report_layout
from chengxin.rules.screening import Matter, read_matter
from chengxin.rules.workdays import Calendar

Read = TypeVar("Read")


class NoSuchLayout(Refusal):
    """No table description of that code is in force."""

    code = "no_such_layout"


class NoSuchPurpose(Refusal):
    """No purpose of enquiry of that code is in force."""

    code = "no_such_purpose"


class NoSuchMatter(Refusal):
    """No matter of screening of that code is in force."""

    code = "no_such_matter"


@dataclass(frozen=True)
class Library:
    """Everything the law directory says."""

    values: LawBook
    calendar: Calendar
    prohibited: Prohibited
    purposes: tuple[Purpose, ...]
    measures: tuple[Measure, ...]
    matters: tuple[Matter, ...]
    domains: tuple[Domain, ...]
    report_layouts: tuple[ReportLayout, ...]
    items: tuple[ItemDefinition, ...]
    layouts: tuple[Layout, ...]
    divisions: tuple[tuple[str, Division], ...]


def library() -> Library:
    """Return the library of settings.LAW_DIR, read once per process."""
    return _library(Path(settings.LAW_DIR))


def province() -> str:
    """Return the folder of law/ whose values go before the national ones in this installation."""
    return str(getattr(settings, "CHENGXIN_PROVINCE", "jiangsu"))


def current() -> LawBook:
    """Return all dated values."""
    return library().values


def calendar() -> Calendar:
    """Return the working-day calendar."""
    return library().calendar


def prohibited() -> Prohibited:
    """Return what may not be collected, and what needs written consent."""
    return library().prohibited


def items() -> tuple[ItemDefinition, ...]:
    """Return every catalogue item of all days: those of the law files, then those of the catalogue desk."""
    return (*library().items, *overlay.present().items)


def purposes(on: date | None = None) -> tuple[Purpose, ...]:
    """Return the purposes of enquiry, those in force on a day when one is given."""
    found = library().purposes
    return found if on is None else tuple(each for each in found if _holds(each.since, each.until, on))


def purpose(code: str, on: date) -> Purpose:
    """Return one purpose in force on a day; raises NoSuchPurpose."""
    for each in purposes(on):
        if each.code == code:
            return each
    raise NoSuchPurpose(
        "没有这一查询用途，或者它当日未生效。请从用途清单中选择。",
        "There is no such purpose of enquiry, or it is not in force. Choose one from the list of purposes.",
        purpose=code,
    )


def measures(on: date) -> tuple[Measure, ...]:
    """Return the measures in force on a day."""
    return tuple(each for each in library().measures if _holds(each.since, each.until, on))


def matters(on: date) -> tuple[Matter, ...]:
    """Return the matters of screening in force on a day."""
    return tuple(each for each in library().matters if _holds(each.since, each.until, on))


def matter(code: str, on: date) -> Matter:
    """Return one matter of screening in force on a day; raises NoSuchMatter."""
    for each in matters(on):
        if each.code == code:
            return each
    raise NoSuchMatter(
        "没有这一比对事项，或者它当日未生效。请从事项清单中选择。",
        "There is no such matter of screening, or it is not in force. Choose one from the list of matters.",
    )


def matter_called(names: Iterable[str], on: date) -> Matter | None:
    """Return the matter a hall means by one of these names, the first that fits: our code, or a code of its own.

    A name that two matters claim on a day means neither: somebody has to say which.
    """
    found = matters(on)
    for name in filter(None, names):
        called = [each for each in found if each.code == name] or [each for each in found if name in each.codes]
        if len(called) == 1:
            return called[0]
    return None


def domains(on: date) -> tuple[Domain, ...]:
    """Return the branches of the administration in force on a day, in the order of the law directory."""
    return tuple(each for each in library().domains if _holds(each.since, each.until, on))


def report_layouts(on: date | None = None) -> tuple[ReportLayout, ...]:
    """Return the layouts of credit reports, those in force on a day when one is given."""
    found = library().report_layouts
    return found if on is None else tuple(each for each in found if _holds(each.since, each.until, on))


def report_layout(kind: str, on: date | None = None) -> ReportLayout:
    """Return the layout of reports about a kind of subject in force on a day, the newest when none is given."""
    return of_kind(report_layouts(on), kind)


def section_of(item: str, kind: str, on: date | None = None) -> str:
    """Return the section of a report about a kind of subject in which the records of an item stand."""
    found = next((each for each in reversed(items()) if each.code == item), None)
    return report_layout(kind, on).section_of(item, found.national_class, found.scope) if found else OTHERS


def divisions() -> tuple[Division, ...]:
    """Return the cities of this installation's province, for figures that are drawn by place."""
    return tuple(division for scope, division in library().divisions if scope == province())


def layout(code: str, on: date | None = None) -> Layout:
    """Return the table description of that code (in either case) in force on a day.

    Without a day: the newest, in which columns that the desk has retired can still be read. An item with columns of its
    own has a table that is called by its code. Raises NoSuchLayout.
    """
    own = _with_own_table(code, on)
    return overlay.present().layout(_own_table(own, Path(settings.LAW_DIR)) if own else base_table(code, on), on)


def base_table(code: str, on: date | None = None) -> Layout:
    """Return a table of the law files as it stands there; raises NoSuchLayout."""
    wanted = code.casefold()
    known = sorted((each for each in library().layouts if each.code.casefold() == wanted), key=lambda each: each.since)
    found = [each for each in known if on is None or _holds(each.since, each.until, on)]
    if not found:
        raise NoSuchLayout(
            f"没有表结构“{code}”。请在 law/*/layouts/ 补上后重新装载。",
            f'There is no layout "{code}". Add it under law/*/layouts/ and load again.',
            layout=code,
        )
    return found[-1]


def _with_own_table(code: str, on: date | None) -> ItemDefinition | None:
    """Return the newest definition, on a day or of all, of an item whose own table has this code."""
    own = [each for each in items() if each.columns and each.table == code.casefold()]
    return max((each for each in own if on is None or each.since <= on), key=lambda each: each.since, default=None)


@lru_cache(maxsize=256)
def _own_table(item: ItemDefinition, _directory: Path) -> Layout:
    return own_table(base_table(item.layout, item.since), item)


def tables() -> tuple[str, ...]:
    """Return the code of every table there is to be filled in: those of the law files, then those of single items."""
    return (*layouts(), *sorted({each.table for each in items() if each.columns}))


def layouts() -> tuple[str, ...]:
    """Return the code of every table description, sorted."""
    return tuple(sorted({each.code for each in library().layouts}))


def _holds(since: date, until: date | None, on: date) -> bool:
    return since <= on and (until is None or on <= until)


@lru_cache(maxsize=4)
def _library(directory: Path) -> Library:
    return read(directory)


def read(directory: Path) -> Library:
    """Read a law directory; every fault names the file, the key and the remedy."""
    if not directory.is_dir():
        raise LawFileFault(
            f"找不到法规目录 {directory.name}/。请检查 CHENGXIN_LAW 设置。",
            f"The law directory {directory.name}/ is missing. Check the setting CHENGXIN_LAW.",
        )
    years = [read_year(entry) for _, entry in _files(directory, "calendar")]
    return Library(
        values=LawBook(tuple(_listed(directory, "values", read_value)), scope=province()),
        calendar=calendar_of(years),
        prohibited=Prohibited(tuple(_listed(directory, "prohibited", lambda entry, scope: read_prohibited(entry)))),
        purposes=tuple(_listed(directory, "purposes", lambda entry, scope: read_purpose(entry))),
        measures=tuple(_listed(directory, "measures", lambda entry, scope: read_measure(entry))),
        matters=tuple(_listed(directory, "matters", lambda entry, scope: read_matter(entry))),
        domains=tuple(_listed(directory, "domains", lambda entry, scope: read_domain(entry))),
        report_layouts=tuple(_listed(directory, "report_layouts", lambda entry, scope: read_report_layout(entry))),
        items=tuple(_listed(directory, "catalogue", read_item, key="items")),
        layouts=tuple(parse_layout(entry.data) for _, entry in _files(directory, "layouts")),
        divisions=tuple(_listed(directory, "divisions", lambda entry, scope: (scope, read_division(entry)))),
    )


def cases(directory: Path) -> Iterator[Entry]:
    """Yield every situation under law/*/cases/, for the tests that hold the rules to them."""
    for _, entry in _files(directory, "cases"):
        yield from entry.entries("cases")


def _listed(
    directory: Path, folder: str, reader: Callable[[Entry, str], Read], key: str | None = None
) -> Iterable[Read]:
    for scope, entry in _files(directory, folder):
        for each in entry.entries(key or folder):
            yield reader(each, scope)
        entry.finish()


def _files(directory: Path, folder: str) -> Iterator[tuple[str, Entry]]:
    """Yield (scope, file) for law/<scope>/<folder>/*.yaml and law/<scope>/<folder>.yaml, national files first."""
    for place in sorted((p for p in directory.iterdir() if p.is_dir()), key=lambda p: (p.name != NATIONAL, p.name)):
        single = place / f"{folder}.yaml"
        for path in [*([single] if single.exists() else []), *sorted((place / folder).glob("*.yaml"))]:
            where = path.relative_to(directory).as_posix()
            yield place.name, Entry(parse(path, where), where)
