"""One GET of a recipient's public page, bounded in time and size. It knows no database, so any thread may run it.

Only hosts the operator has named are ever asked, and no redirect is followed, so that a page cannot send the platform
to an address inside somebody's network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from django.conf import settings

from chengxin.disclosure import outgoing
from chengxin.rules.errors import Refusal

TIMEOUT = 5.0
"""Seconds for one page, from the connection to the last byte."""
MOST_READ = 2 * 1024 * 1024
NAME = "Chengxin-Probe/1"


class PageNotAllowed(Refusal):
    """The address is not one the probe may read."""

    code = "page_not_allowed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the bytes of a page, or in one word why there are none."""

    body: bytes = field(default=b"", repr=False)
    failure: str = ""
    charset: str = "utf-8"

    @property
    def text(self) -> str:
        """Return the page as text; bytes that fit no character become a sign for that."""
        try:
            return self.body.decode(self.charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


def check_page(url: str) -> SplitResult:
    """Return the parts of an address on the operator's list; raises PageNotAllowed."""
    plain = url.isascii() and url.isprintable()
    parts = outgoing.allowed(url, settings.CHENGXIN_PROBE_HOSTS) if plain else None
    if parts is None:
        raise PageNotAllowed(
            "不能巡查这个地址：须为 https 地址，不带用户名密码，且主机列在 CHENGXIN_PROBE_HOSTS 中。",
            "This page may not be probed: it must be https, without credentials, and its host must be listed in "
            "CHENGXIN_PROBE_HOSTS.",
        )
    return parts


def get(url: str, timeout: float = TIMEOUT) -> Fetched:
    """Return a page; every way to fail comes back as a word, nothing is raised."""
    try:
        return _exchange(check_page(url), timeout)
    except PageNotAllowed:
        return Fetched(failure="not_allowed")
    except outgoing.FAILURES as error:
        return Fetched(failure=outgoing.word(error))


def follow(base: str, links: tuple[str, ...]) -> list[str]:
    """Return the links that stay on the same host, beneath the folder of the declared address, in order, each once."""
    home = urlsplit(base)
    folder = home.path.rsplit("/", 1)[0] + "/"
    found: dict[str, None] = {}
    for link in links:
        try:
            address = urldefrag(urljoin(base, link)).url
            parts = urlsplit(address)
        except ValueError:
            continue
        if (parts.scheme, parts.netloc) == (home.scheme, home.netloc) and parts.path.startswith(folder):
            found[address] = None
    return list(found)


def _exchange(parts: SplitResult, timeout: float) -> Fetched:
    headers = {"User-Agent": NAME, "Accept": "text/html"}
    response, body = outgoing.exchange(parts, "GET", None, headers, timeout, MOST_READ + 1)
    if response.status != 200:
        return Fetched(failure=f"http_{response.status}")
    if len(body) > MOST_READ:
        return Fetched(failure="too_large")
    if response.headers.get_content_type() not in ("text/html", "text/plain", "application/xhtml+xml"):
        return Fetched(failure="not_a_page")
    return Fetched(body, charset=response.headers.get_content_charset("utf-8"))
