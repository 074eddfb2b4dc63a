"""The scheme of appraisal in force, read once from law/<province>/quality/."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from chengxin.catalogue import lawbook
from chengxin.catalogue.yamlfile import parse
from chengxin.rules.appraisal import Scheme, read_scheme
from chengxin.rules.errors import Refusal
from chengxin.rules.lawreader import Entry
from chengxin.rules.quality import last_of


class NoScheme(Refusal):
    """No scheme of appraisal is in force in that month."""

    code = "no_appraisal_scheme"


def scheme_of(month: date) -> Scheme:
    """Return the scheme in force on the last day of a month; raises NoScheme."""
    for each in _schemes(Path(settings.LAW_DIR), lawbook.province()):
        if each.holds_on(last_of(month)):
            return each
    raise NoScheme(
        f"{month:%Y-%m} 没有生效的考核方案。请在 law/{lawbook.province()}/quality/ 补上后重启。",
        f"No scheme of appraisal is in force in {month:%Y-%m}. Add it under law/{lawbook.province()}/quality/.",
    )


@lru_cache(maxsize=4)
def _schemes(directory: Path, province: str) -> tuple[Scheme, ...]:
    found = []
    for path in sorted((directory / province / "quality").glob("*.yaml")):
        where = path.relative_to(directory).as_posix()
        file = Entry(parse(path, where), where)
        found += [read_scheme(each, province) for each in file.entries("quality")]
        file.finish()
    return tuple(sorted(found, key=lambda each: each.since, reverse=True))
