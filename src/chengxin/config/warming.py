"""Ready before the first visitor: what a server process would otherwise load while somebody waits.

A process that takes longer than some seconds over it answers meanwhile; a search that comes before the index is there
waits for it as before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Thread

from django.db import DatabaseError, connection
from django.template.loader import get_template

from chengxin.catalogue import freshness, lawbook
from chengxin.disclosure import open_data
from chengxin.registry.name_search import index_of_installation
from chengxin.ui import clock

logger = logging.getLogger(__name__)
PAGES = ("home", "search", "organisation", "latest", "lists", "statistics", "open_data")


def warm_up(seconds: Callable[[], float] = time.perf_counter) -> str:
    """Load the law, the pages and the index of names; return what the operator should know, "" when all is well."""
    start = seconds()
    try:
        freshness.refresh_if_there()
        lawbook.current()
        for page in PAGES:
            get_template(f"portal/{page}.html")
        open_data.current(clock.today())
        ready = index_of_installation().warm()
    except DatabaseError:  # Before the first migration there is nothing to load.
        return "数据库还没有准备好，请先运行 chengxin init。 The database is not ready: run chengxin init first."
    finally:
        connection.close()
    if not ready:
        return (
            "名称索引还没有生成，搜索只找名称的一部分；请让 chengxin work 运行。 "
            "There is no index of names yet, so search finds parts of names only: keep chengxin work running."
        )
    logger.info("ready after %.1f s", seconds() - start)
    return ""


def begin() -> Thread:
    """Warm up in a thread of its own, so that whoever starts the server need not wait for the end of it."""
    thread = Thread(target=_told, name="warming", daemon=True)
    thread.start()
    return thread


def _told() -> None:
    if said := warm_up():
        logger.warning(said)
