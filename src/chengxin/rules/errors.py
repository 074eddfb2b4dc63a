"""Refusals that people can act on, in both languages."""

from __future__ import annotations


class Refusal(Exception):
    """A rule said no: a stable code, a sentence in Chinese and in English, and facts about the shape of what was met.

    Neither sentence nor facts may hold personal content (charter C27): say where and what shape, never the value.
    """

    code = "refused"

    def __init__(self, zh: str, en: str, code: str | None = None, **facts: object) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en
        self.code = code or type(self).code
        self.facts = facts

    def in_language(self, language: str) -> str:
        """Return the sentence for a language tag such as ``zh-hans`` or ``en``."""
        return self.en if language.lower().startswith("en") else self.zh
