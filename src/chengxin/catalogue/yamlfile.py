"""Reading one YAML file as people mean it: only true and false are yes-or-no, and a key written twice is a fault."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from chengxin.rules.lawreader import fault


class _Loader(yaml.SafeLoader):
    """YAML 1.1 reads the bare words on, off, yes and no as truth values; in a law file they are words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, "duplicate key", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(path: Path, where: str) -> Any:
    """Return the content of a file; a fault names the file and the line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader, narrowed.
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = str(mark.line + 1) if mark else "-"
        raise fault(
            where,
            line,
            "行不是可读的 YAML（格式、编码、日期有误，或者键重复）",
            "(line) is not readable YAML (syntax, encoding, a date, or a key written twice)",
        ) from error
