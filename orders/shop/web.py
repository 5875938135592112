"""Asking a shop's API: HTTPS to a public address only, no redirects, short waits, small answers."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel import calling
from o2c.kernel.errors import DomainError

MOST_BYTES = 4 * 1024 * 1024
OK = range(200, 300)


class ShopAway(DomainError):
    """The shop cannot be reached, or is busy: try again later."""

    code = "shop_away"


class ShopRefused(DomainError):
    """The shop has answered, and does not want this; the message says what it said."""

    code = "shop_refused"


def call(
    base_url: str,
    path: str,
    *,
    method: str = "GET",
    query: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str],
) -> Any:
    """Send one request and return the JSON of its answer.

    Raises:
        ShopAway: no connection, a time-out, or the shop is busy.
        ShopRefused: any other answer than success, or an address that we do not call.
    """
    parts = urlsplit(base_url)
    target = parts.path.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
    content = None if body is None else json.dumps(body).encode()
    sent = {"Accept": "application/json", "User-Agent": "o2c", **headers}
    if content is not None:
        sent["Content-Type"] = "application/json"
    connection = connection_to(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request(method, target, body=content, headers=sent)
        response = connection.getresponse()
        answer = response.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        message = _("%(host)s cannot be reached: %(error)s.")
        values = {"host": parts.hostname, "error": type(error).__name__}
        raise ShopAway(message % values) from error
    finally:
        connection.close()
    return _content_of(response.status, answer, parts.hostname or "")


def _content_of(status: int, answer: bytes, host: str) -> Any:
    if status == 429 or status >= 500:  # noqa: PLR2004  too many requests, or broken
        message = _("%(host)s is busy (%(status)s). It is tried again.")
        raise ShopAway(message % {"host": host, "status": status})
    if status not in OK:
        message = _("%(host)s refuses (%(status)s). Check the address and the API token.")
        raise ShopRefused(message % {"host": host, "status": status})
    if len(answer) > MOST_BYTES:
        raise ShopRefused(_("%(host)s answers with more than we read.") % {"host": host})
    try:
        return json.loads(answer) if answer.strip() else None
    except ValueError:
        message = _("%(host)s does not answer in JSON. Check the shop's address.")
        raise ShopRefused(message % {"host": host}) from None


def connection_to(scheme: str, host: str, port: int | None) -> HTTPConnection:
    """Return a connection to an address that was looked at: nobody turns us inwards by a name."""
    try:
        return calling.connection_to(scheme, host, port, private_hosts=settings.SHOP_PRIVATE_HOSTS)
    except calling.NotSecure as error:
        raise ShopRefused(_("A shop's address begins with https://.")) from error
    except calling.NotPublic as error:
        message = _("%(host)s is not on the public Internet. Name it in SHOP_PRIVATE_HOSTS.")
        raise ShopRefused(message % {"host": host}) from error
    except calling.Unreachable as error:
        raise ShopAway(_("There is no address for %(host)s.") % {"host": host}) from error
