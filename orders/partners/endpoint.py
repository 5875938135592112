"""The AS2 door: closed unless the settings open it; what comes in is kept before it is read."""

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from orders.intake.findings import Unreadable
from orders.models import TradingPartner
from orders.partners import as2
from orders.partners.receiving import receive

NOT_FOUND, TOO_LARGE, TOO_MANY = 404, 413, 429
MINUTE = 60
NO_SIGNATURES = "processed/Error: insufficient-message-security"
NOT_THEM = "processed/Error: authentication-failed"


@csrf_exempt
@require_POST
def as2_message(request: HttpRequest, token: str) -> HttpResponse:
    """Take a partner's message and answer with its receipt (MDN)."""
    partner = TradingPartner.objects.filter(token=token, is_active=True).first()
    if partner is None or not settings.EDI_AS2_RECEIVE:
        return HttpResponse(_("There is nobody here."), status=NOT_FOUND)
    if _is_too_often(partner):
        return HttpResponse(_("Too many messages within a minute."), status=TOO_MANY)
    try:
        content = request.body
    except RequestDataTooBig:
        return HttpResponse(_("The message is larger than we take."), status=TOO_LARGE)
    inbound = as2.inbound_of(request.headers)
    disposition, text = _objection(inbound, partner)
    if not disposition:
        try:
            receive(
                content,
                name=inbound.message_id,
                partner=partner,
                at=clock.now(),
                actor=Actor.importer(f"as2:{partner.identifier}"),
            )
        except Unreadable as error:
            return HttpResponse(str(error), status=TOO_LARGE)
    name = partner.our_identifier
    headers, body = as2.receipt(
        inbound,
        content,
        name=name,
        disposition=disposition or as2.PROCESSED,
        text=text or _("The message was received and is kept."),
    )
    return HttpResponse(body if inbound.wants_receipt else b"", headers=headers)


def _objection(inbound: as2.Inbound, partner: TradingPartner) -> tuple[str, str]:
    """Return why the message is not taken, as a disposition and in words; nothing: it is."""
    if inbound.is_secured or inbound.needs_signature:
        return NO_SIGNATURES, _("Signed or encrypted messages are not supported here.")
    if (inbound.sender, inbound.receiver) != (partner.identifier, partner.our_identifier):
        return NOT_THEM, _("AS2-From or AS2-To is not what was agreed on.")
    return "", ""


def _is_too_often(partner: TradingPartner) -> bool:
    """Count the partner's messages of this minute."""
    key = f"as2:{partner.pk}:{int(clock.now().timestamp()) // MINUTE}"
    cache.add(key, 0, MINUTE * 2)
    return cache.incr(key) > settings.EDI_AS2_PER_MINUTE
