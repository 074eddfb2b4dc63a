"""JSON text for bulk work: the standard encoder, built once and not again for every value."""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any


def writer(
    *, sort_keys: bool = False, tight: bool = True, default: Callable[[Any], Any] | None = None
) -> Callable[[Any], str]:
    """Return what ``json.JSONEncoder(ensure_ascii=False, …).encode`` would be, for many values of one kind.

    ``tight`` leaves out the blanks after comma and colon. A value that contains itself is not looked for.
    """
    separators = (",", ":") if tight else (", ", ": ")
    usual = json.JSONEncoder(ensure_ascii=False, sort_keys=sort_keys, separators=separators, default=default)
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return usual.encode
    item, key = separators
    # JSONEncoder.encode makes this very object anew for each value, which costs more than encoding a row does.
    made = make(None, usual.default, encoder.encode_basestring, None, key, item, sort_keys, False, True)
    return lambda value: "".join(made(value, 0))
