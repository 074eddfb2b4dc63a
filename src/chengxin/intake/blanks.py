"""Empty tables to be filled in: the headings of an item's layout, as every agency downloads them."""

from __future__ import annotations

import csv
import io
from datetime import date

from chengxin.catalogue import lawbook
from chengxin.catalogue.selectors import version_in_force


def blank_csv(item_code: str, today: date) -> bytes:
    """Return the headings of an item's layout as CSV (UTF-8 with mark); raises NoItemInForce."""
    item = version_in_force(item_code, today)
    out = io.StringIO()
    csv.writer(out).writerow([field.zh for field in lawbook.layout(item.layout, today).fields])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
