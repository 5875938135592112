"""The printed quote: drawn once when it has been sent, and kept."""

from datetime import datetime

from o2c.kernel import files
from o2c.kernel.company import local_date, the_company
from o2c.kernel.models import StoredFile
from orders.documents import draw_quote
from orders.models import Quote


def quote_pdf(quote_id: int, *, at: datetime) -> StoredFile:
    """Return the quote as PDF; what was sent stays as it was, a draft is drawn as it stands.

    Drawing happens outside of any lock; of two at once one is kept.

    Raises:
        Quote.DoesNotExist: no such quote.
    """
    related = Quote.objects.select_related("customer", "ship_to", "payment_terms", "pdf")
    quote = related.get(pk=quote_id)
    if quote.pdf is not None:
        return quote.pdf
    company = the_company()
    made_on = local_date(quote.sent_at or at, company)
    lines = list(quote.lines.order_by("position"))
    drawn = files.store(
        draw_quote(quote, lines, company, made_on=made_on),
        name=f"{quote.name.replace('/', '-')}.pdf",
        media_type="application/pdf",
    )
    if quote.sent_at is None:
        return drawn
    Quote.objects.filter(pk=quote.pk, pdf=None).update(pdf=drawn)
    quote.refresh_from_db(fields=["pdf"])
    assert quote.pdf is not None  # this call or another one has just set it
    return quote.pdf
