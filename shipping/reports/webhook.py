"""The door for carriers' webhooks: no session and no form, the signature is the proof."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from o2c.kernel import clock
from o2c.kernel.errors import DomainError, InvalidInput, explain
from o2c.kernel.requests import UNPROCESSABLE
from shipping.reports.receiving import SignatureWrong, TooLarge, receive
from shipping.selectors import carriers_that_report

UNAUTHORIZED, TOO_LARGE, NOT_FOUND, UNAVAILABLE = 401, 413, 404, 503
STATUS: dict[type[DomainError], int] = {
    SignatureWrong: UNAUTHORIZED,
    TooLarge: TOO_LARGE,
    InvalidInput: UNPROCESSABLE,
}


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, code: str) -> JsonResponse:
    """Take a carrier's message: 200 when all of it is recorded, known, or kept for a person."""
    carriers = carriers_that_report().select_related("secrets")
    carrier = carriers.filter(code=code, secrets__isnull=False).first()
    if carrier is None:
        return JsonResponse({"error": _("There is no such carrier.")}, status=NOT_FOUND)
    try:
        taken = receive(carrier, headers=request.headers, body=request.body, at=clock.now())
    except RequestDataTooBig:
        return _refused(TooLarge(_("The message is larger than we take.")))
    except DomainError as refusal:
        return _refused(refusal)
    counts = {
        "recorded": len(taken.recorded),
        "known": len(taken.known),
        "waiting": len(taken.waiting),
    }
    return JsonResponse(counts)


def _refused(refusal: DomainError) -> JsonResponse:
    status = STATUS.get(type(refusal), UNAVAILABLE)
    code, message = explain(refusal)
    return JsonResponse({"error": message, "code": code}, status=status)
