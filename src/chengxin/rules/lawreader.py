"""Reading one entry of a law file: every fault names the file, the key and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from chengxin.rules.dated import Basis, Rank
from chengxin.rules.errors import Refusal

Choice = TypeVar("Choice", bound=StrEnum)


class LawFileFault(Refusal):
    """An entry of a law file cannot be read."""

    code = "law_file_fault"


def fault(where: str, key: str, zh: str, en: str) -> LawFileFault:
    """Build the refusal for a key of an entry; `zh` and `en` say what is expected."""
    return LawFileFault(
        f"{where}：“{key}”{zh}。请改正该文件后重新装载。",
        f'{where}: "{key}" {en}. Correct the file and load again.',
        where=where,
        key=key,
    )


class Entry:
    """A mapping of a law file, read key by key; `finish` refuses keys nobody asked for (a misspelt key is a fault)."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise fault(where, "-", "应当是一组“键: 值”", "must be a set of keys and values")
        self.data: Mapping[str, Any] = data
        self.where = where
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        """Return a non-empty text, or the default when the key is absent."""
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise fault(self.where, key, "应当是文字", "must be a text")
        return value.strip()

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise fault(self.where, key, "应当是 true 或 false", "must be true or false")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise fault(self.where, key, "应当是整数", "must be a whole number")
        return value

    def day(self, key: str) -> date:
        """Return a date, written as 2026-04-01."""
        found = self.maybe_day(key)
        if found is None:
            raise fault(self.where, key, "应当是日期，如 2026-04-01", "must be a date such as 2026-04-01")
        return found

    def maybe_day(self, key: str) -> date | None:
        """Return a date, or None when the key is absent or empty."""
        value = self.raw(key)
        if value is None or type(value) is date:
            return value
        raise fault(self.where, key, "应当是日期，如 2026-04-01", "must be a date such as 2026-04-01")

    def names(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise fault(self.where, key, "应当是文字的列表", "must be a list of texts")
        return tuple(value)

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return one of the words of an enumeration."""
        value = self._get(key, default)
        try:
            return kind(value)
        except ValueError:
            words = "、".join(kind)
            raise fault(self.where, key, f"应当是 {words} 之一", f"must be one of {words}") from None

    def basis(self, key: str = "basis") -> Basis:
        """Return a legal basis: instrument, article, rank."""
        value = self._get(key, None)
        entry = Entry(value, f"{self.where} › {key}")
        basis = Basis(entry.text("instrument"), entry.text("article"), entry.choice("rank", Rank))
        entry.finish()
        return basis

    def bases(self, key: str = "basis") -> tuple[Basis, ...]:
        """Return one or more legal bases, in order of weight."""
        value = self._get(key, None)
        if not isinstance(value, list) or not value:
            raise fault(self.where, key, "应当至少列一条依据", "must list at least one basis")
        return tuple(Entry({"basis": each}, f"{self.where} › {key}[{n}]").basis() for n, each in enumerate(value, 1))

    def entries(self, key: str) -> list[Entry]:
        """Return a list of entries, each with its own place in the file."""
        value = self._get(key, None)
        if not isinstance(value, list):
            raise fault(self.where, key, "应当是列表", "must be a list")
        return [Entry(each, f"{self.where} › {key}[{n}]") for n, each in enumerate(value, 1)]

    def raw(self, key: str) -> Any:
        """Return what stands under a key, or None."""
        self._asked.add(key)
        return self.data.get(key)

    def finish(self) -> None:
        """Refuse keys that were never asked for."""
        for key in self.data:
            if key not in self._asked:
                raise fault(self.where, str(key), "不是可用的键，可能拼写有误", "is not a known key, perhaps misspelt")

    def _get(self, key: str, default: Any) -> Any:
        value = self.raw(key)
        if value is None and default is None:
            raise fault(self.where, key, "没有填写", "is missing")
        return default if value is None else value
