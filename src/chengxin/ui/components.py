"""Components of the design system: a folder each, with a template and a declared list of parameters.

A page names a component and gives it parameters; a name nobody declared is refused, so that a typing mistake shows up
in the first test instead of silently leaving a sentence off somebody's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.rules.errors import Refusal

FOLDER = Path(__file__).parent / "templates" / "ui" / "components"
# Names the tags use for themselves, which no component may therefore declare.
RESERVED = frozenset({"component", "spec", "context", "request", "csrf_token"})


class ComponentMisuse(Refusal):
    """A template asked a component for something it does not offer."""

    code = "component_misuse"


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it is called, what it means and what it may hold."""

    name: str
    kind: str
    required: bool
    default: Any
    choices: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Example:
    """One use of a component, shown in the living catalogue and rendered by the tests."""

    zh: str
    en: str
    parameters: Mapping[str, Any]
    content: str | None
    # Items such as a row or a step are only valid inside their list, which the catalogue then draws around them.
    wrap: str

    def values(self, language: str) -> dict[str, Any]:
        """Return the parameters with every ``{zh, en}`` pair replaced by the text of this language."""
        return {name: _in_language(value, language) for name, value in self.parameters.items()}

    def body(self, language: str) -> str | None:
        """Return the template source placed between the block tags, in this language."""
        return _in_language(self.content, language)


@dataclass(frozen=True)
class Component:
    """A component folder read into memory."""

    name: str
    group: str
    zh: str
    en: str
    use_zh: str
    use_en: str
    takes_content: bool
    parameters: Mapping[str, Parameter]
    examples: tuple[Example, ...]

    @property
    def template_name(self) -> str:
        """Return the name under which Django's loader finds the template."""
        return f"ui/components/{self.name}/template.html"

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every declared parameter with its given or default value.

        Raises ComponentMisuse for an unknown parameter, a missing required one, a value outside its choices or a
        text where a list belongs.
        """
        self._refuse_unknown(given)
        return {name: self._value(parameter, given) for name, parameter in self.parameters.items()}

    def _refuse_unknown(self, given: Mapping[str, Any]) -> None:
        for name in given:
            if name not in self.parameters and not (name == "content" and self.takes_content):
                known = ", ".join(self.parameters)
                raise ComponentMisuse(
                    f"组件 {self.name} 没有参数 {name}；可用参数：{known}。",
                    f"Component {self.name} has no parameter {name}; it takes: {known}.",
                )

    def _value(self, parameter: Parameter, given: Mapping[str, Any]) -> Any:
        value = given.get(parameter.name, parameter.default)
        # A template would print None as a word; nothing is an empty text everywhere in a component.
        value = "" if value is None else value
        if parameter.required and value == "":
            raise ComponentMisuse(
                f"组件 {self.name} 缺少必填参数 {parameter.name}。",
                f"Component {self.name} needs parameter {parameter.name}.",
            )
        if parameter.choices and value != "" and str(value) not in parameter.choices:
            raise ComponentMisuse(
                f"组件 {self.name} 的参数 {parameter.name} 只能取：{'、'.join(parameter.choices)}。",
                f"Parameter {parameter.name} of component {self.name} must be one of: {', '.join(parameter.choices)}.",
            )
        if parameter.kind == "list" and value == "":
            return []
        if parameter.kind == "list" and (isinstance(value, str | Mapping) or not isinstance(value, Iterable)):
            raise ComponentMisuse(
                f"组件 {self.name} 的参数 {parameter.name} 应为列表。",
                f"Parameter {parameter.name} of component {self.name} must be a list.",
            )
        return value


def _in_language(value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return value["en" if language.lower().startswith("en") else "zh"]
        return {key: _in_language(inner, language) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_language(inner, language) for inner in value]
    return value


def _parameter(name: str, declared: Mapping[str, Any]) -> Parameter:
    kind = declared.get("type", "text")
    default = declared.get("default", [] if kind == "list" else False if kind == "flag" else None)
    return Parameter(
        name=name,
        kind=kind,
        required=bool(declared.get("required", False)),
        default=default,
        choices=tuple(str(choice) for choice in declared.get("choices", ())),
        zh=declared["zh"],
        en=declared["en"],
    )


def _example(declared: Mapping[str, Any]) -> Example:
    parameters, content = declared.get("parameters", {}), declared.get("content")
    return Example(declared["zh"], declared["en"], parameters, content, declared.get("wrap", ""))


def _read(folder: Path) -> Component:
    declared = yaml.safe_load((folder / "parameters.yaml").read_text(encoding="utf-8"))
    parameters = {name: _parameter(name, about) for name, about in (declared.get("parameters") or {}).items()}
    return Component(
        name=folder.name,
        group=declared["group"],
        zh=declared["zh"],
        en=declared["en"],
        use_zh=declared["use"]["zh"],
        use_en=declared["use"]["en"],
        takes_content=bool(declared.get("takes_content", False)),
        parameters=parameters,
        examples=tuple(_example(each) for each in declared["examples"]),
    )


@cache
def all_components() -> Mapping[str, Component]:
    """Return every component by name, in alphabetical order."""
    return {folder.name: _read(folder) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()}


def component(name: str) -> Component:
    """Return one component; raises ComponentMisuse naming the unknown one."""
    try:
        return all_components()[name]
    except KeyError:
        raise ComponentMisuse(f"没有名为 {name} 的组件。", f"There is no component named {name}.") from None
