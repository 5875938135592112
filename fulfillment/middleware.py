"""Most of what open entry screens ask is “nothing new”: answered before anything is read for it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fulfillment.board import THE_BOARD
from fulfillment.panel import draw
from fulfillment.screens import screen_of
from o2c.kernel import clock
from o2c.kernel.standing import still_in

GetResponse = Callable[[HttpRequest], HttpResponse]
WATCHED_AT, MAY_WATCH = "/fulfillment/promises/", "fulfillment.view_stocklevel"
NOTHING_NEW = 204


def watched_stock(get_response: GetResponse) -> GetResponse:
    """Answer an open entry screen what the view `watch` would, at a fraction of its cost.

    Only to the session that the view has told what there is, for the same lines, and for a minute
    at most. “Nothing new” says nothing of stock and costs nothing; before anything else is said,
    one statement asks whether this person may still know.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path_info == WATCHED_AT and request.method == "POST":
            return _answer(request) or get_response(request)
        return get_response(request)

    return handle


def _answer(request: HttpRequest) -> HttpResponse | None:
    screen, now = screen_of(request), clock.now()
    seen = screen.seen
    if seen is None or seen.asked != screen.name or not seen.admission.is_good(at=now):
        return None
    sight = THE_BOARD.glance(seen.admission.products, at=now)
    # While somebody else looks, the next question hears of it, in half a second. Another process
    # may have looked later, and told more than this one knows yet.
    if sight is None or sight.name == seen.known or sight.at <= seen.at:
        return HttpResponse(status=NOTHING_NEW)
    person = still_in(seen.admission.standing, screen.session_key, MAY_WATCH)
    if person is None:
        return None
    with timezone.override(ZoneInfo(person.time_zone) if person.time_zone else None):
        return draw(screen, seen.admission, sight)
