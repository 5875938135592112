"""The door for web shops: no session and no form, the signature is the proof."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from o2c.kernel import clock
from o2c.kernel.errors import DomainError, InvalidInput, explain
from o2c.kernel.requests import UNPROCESSABLE
from orders.models import WebShop
from orders.shop.receiving import SignatureWrong, TooLarge, receive

UNAUTHORIZED, TOO_LARGE, NOT_FOUND, UNAVAILABLE = 401, 413, 404, 503
STATUS: dict[type[DomainError], int] = {
    SignatureWrong: UNAUTHORIZED,
    TooLarge: TOO_LARGE,
    InvalidInput: UNPROCESSABLE,
}


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, public_id: str) -> JsonResponse:
    """Take a shop's message: 200 when it is kept, now or before."""
    shops = WebShop.objects.select_related("secrets", "default_customer")
    shop = shops.filter(public_id=public_id, is_active=True).first()
    if shop is None:
        return JsonResponse({"error": _("There is no such shop.")}, status=NOT_FOUND)
    try:
        done = receive(shop, headers=request.headers, body=request.body, at=clock.now())
    except RequestDataTooBig:
        return _refused(TooLarge(_("The message is larger than we take.")))
    except DomainError as refusal:
        return _refused(refusal)
    return JsonResponse({"kept": done.event_id is not None, "new": done.is_new})


def _refused(refusal: DomainError) -> JsonResponse:
    status = STATUS.get(type(refusal), UNAVAILABLE)
    code, message = explain(refusal)
    return JsonResponse({"error": message, "code": code}, status=status)
