"""Who stands at the other end of a connection: the address, and the certificate a trusted proxy vouches for.

A header is believed only when the request comes from an address the operator named; from anywhere else it is as if it
were not there.
"""

from __future__ import annotations

import base64
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.http import HttpRequest

from chengxin.ui.addresses import address_of as address_of

LONGEST_CERTIFICATE = 16 * 1024


def needs_certificate() -> bool:
    """Tell whether this installation binds access tokens to certificates (RFC 8705)."""
    return bool(settings.CHENGXIN_CERTIFICATE_HEADER)


def certificate_of(request: HttpRequest) -> str:
    """Return the SHA-256 thumbprint (base64url) of the caller's certificate, or nothing.

    The proxy hands it on as RFC 9440 has it (``:base64 of DER:``), or as PEM escaped for an address.
    """
    if not needs_certificate() or request.META.get("REMOTE_ADDR") not in settings.CHENGXIN_PROXIES:
        return ""
    name = "HTTP_" + settings.CHENGXIN_CERTIFICATE_HEADER.upper().replace("-", "_")
    given = request.META.get(name, "")
    return _thumbprint(given) if 0 < len(given) <= LONGEST_CERTIFICATE else ""


def _thumbprint(given: str) -> str:
    try:
        if given.startswith(":") and given.endswith(":"):
            found = x509.load_der_x509_certificate(base64.b64decode(given[1:-1], validate=True))
        else:
            found = x509.load_pem_x509_certificate(unquote(given).encode())
    except (ValueError, TypeError):
        return ""
    return base64.urlsafe_b64encode(found.fingerprint(hashes.SHA256())).decode().rstrip("=")
