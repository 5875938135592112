"""What views read from a request, and the status that a refusal is answered with."""

from datetime import date

from django.http import HttpRequest

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import InvalidInput

UNPROCESSABLE = 422
CONFLICT = 409
# The longest number that an address may hold: what is longer is no key and no page.
MOST_DIGITS = 18
LAST_PAGE = 9_999


def actor_of(request: HttpRequest) -> Actor:
    """Return who is signed in; the page's permission has seen to it that somebody is."""
    assert request.user.is_authenticated
    return Actor.user(request.user)


def today() -> date:
    """Return the company's day."""
    return local_date(clock.now(), the_company())


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page; a boosted link asks for all of it."""
    return bool(request.htmx) and not request.htmx.boosted  # type: ignore[attr-defined]


def number_of(text: str | None) -> int | None:
    """Read a key or a count from an address or a form; what is none counts as not given."""
    return int(text) if text and text.isdecimal() and len(text) <= MOST_DIGITS else None


def page_of(request: HttpRequest, name: str = "page") -> int:
    """Return which page of a list is asked for, from 0; each list of a page has its own name."""
    return min(number_of(request.GET.get(name)) or 0, LAST_PAGE)


def status_of(refusal: Exception) -> int:
    """Return the status for wrong input, or for a rule of the house."""
    return UNPROCESSABLE if isinstance(refusal, InvalidInput) else CONFLICT
