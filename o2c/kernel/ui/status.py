"""The one table of status words: what people read for each state, and its tone.

Tones: off (over, or not yet begun), plain, go (moving), ok (done), warn (look at it), bad (act).
A document shows its state, or the worst condition that needs somebody (overdue, short pick …).
Add a new word here first.
"""

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text

OFF, PLAIN, GO, OK, WARN, BAD = "off", "", "go", "ok", "warn", "bad"

# Keyed by the model's name in lower case, then by its state or condition.
WORDS: dict[str, dict[str, tuple[Text, str]]] = {
    "order": {
        "draft": (_("Draft"), OFF),
        "submitted": (_("Entered"), PLAIN),
        "in_review": (_("In review"), GO),
        "documents_asked": (_("Documents asked"), WARN),
        "on_hold": (_("Credit hold"), BAD),
        "declined": (_("Declined"), OFF),
        "released": (_("Approved"), OK),
        "allocated": (_("Allocated"), GO),
        "backordered": (_("Part backordered"), WARN),
        "fulfilling": (_("Picking"), GO),
        "short": (_("Short pick"), BAD),
        "packed": (_("Packed"), GO),
        "shipped": (_("In transit"), GO),
        "exception": (_("Exception"), BAD),
        "delivered": (_("Delivered"), OK),
        "invoiced": (_("Invoiced"), OK),
        "closed": (_("Closed"), OFF),
        "cancelled": (_("Cancelled"), OFF),
    },
    "orderline": {
        "open": (_("Open"), PLAIN),
        "allocated": (_("Allocated"), GO),
        "part_allocated": (_("Part backordered"), WARN),
        "backordered": (_("Backordered"), WARN),
        "picked": (_("Picked"), OK),
        "shipped": (_("In transit"), GO),
        "delivered": (_("Delivered"), OK),
        "cancelled": (_("Cancelled"), OFF),
    },
    "quote": {
        "draft": (_("Draft"), OFF),
        "sent": (_("Sent"), GO),
        "accepted": (_("Accepted"), OK),
        "rejected": (_("Rejected"), OFF),
        "expired": (_("Expired"), OFF),
    },
    "amendment": {
        "draft": (_("Draft"), OFF),
        "checked": (_("Checked"), GO),
        "applied": (_("Applied"), OK),
        "withdrawn": (_("Withdrawn"), OFF),
    },
    "intakedocument": {
        "received": (_("Received"), PLAIN),
        "parsed": (_("Read"), GO),
        "accepted": (_("Accepted"), OK),
        "in_review": (_("Needs review"), WARN),
        "rejected": (_("Rejected"), OFF),
        "duplicate": (_("Duplicate"), OFF),
    },
    "orderfinding": {
        "open": (_("Open"), WARN),
        "block": (_("Blocks"), BAD),
        "warn": (_("Look at it"), WARN),
        "resolved": (_("Resolved"), OK),
        "waived": (_("Waived"), OFF),
    },
    "stock": {
        "available": (_("Available"), OK),
        "part_now": (_("Part now, rest dated"), WARN),
        "late": (_("Later than asked"), BAD),
        "substitute": (_("Substitute"), GO),
        "discontinued": (_("Discontinued"), OFF),
    },
    "creditapplication": {
        "open": (_("New"), PLAIN),
        "referred": (_("In review"), GO),
        "awaiting_documents": (_("Documents asked"), WARN),
        "second_approval": (_("Second approval"), GO),
        "approved": (_("Approved"), OK),
        "approved_with_limit": (_("Approved with limit"), OK),
        "declined": (_("Declined"), OFF),
        "withdrawn": (_("Withdrawn"), OFF),
        "late": (_("Late"), BAD),
    },
    "creditaccount": {
        "none": (_("No credit yet"), PLAIN),
        "approved": (_("Approved"), OK),
        "expired": (_("Approval expired"), WARN),
        "declined": (_("Declined"), OFF),
        "on_hold": (_("Credit hold"), BAD),
    },
    "creditcheck": {
        "released": (_("Approved"), OK),
        "referred": (_("In review"), GO),
        "on_hold": (_("Credit hold"), BAD),
        "declined": (_("Declined"), OFF),
    },
    "hold": {
        "placed": (_("On hold"), BAD),
        "released": (_("Released"), OK),
    },
    "picklist": {
        "draft": (_("Planned"), OFF),
        "released": (_("Released"), PLAIN),
        "picking": (_("Picking"), GO),
        "picked": (_("Picked"), GO),
        "packed": (_("Packed"), GO),
        "handed_over": (_("Loaded"), OK),
        "cancelled": (_("Cancelled"), OFF),
        "short": (_("Short pick"), BAD),
        "at_risk": (_("At risk"), WARN),
    },
    "allocation": {
        "active": (_("Allocated"), GO),
        "shipped": (_("Shipped"), OK),
        "released": (_("Given back"), OFF),
    },
    "reservation": {
        "live": (_("Reserved"), GO),
        "consumed": (_("Used"), OK),
        "expired": (_("Expired"), OFF),
        "withdrawn": (_("Withdrawn"), OFF),
    },
    "return": {
        "announced": (_("Announced"), PLAIN),
        "received": (_("Received"), GO),
        "inspected": (_("Inspected"), GO),
        "settled": (_("Settled"), OK),
        "refused": (_("Refused"), OFF),
    },
    "shipment": {
        "planned": (_("Planned"), PLAIN),
        "labelled": (_("Labelled"), GO),
        "dispatched": (_("Loaded"), GO),
        "in_transit": (_("In transit"), GO),
        "delivered": (_("Delivered"), OK),
        "exception": (_("Exception"), BAD),
        "returned": (_("Returned"), OFF),
        "cancelled": (_("Cancelled"), OFF),
        "at_risk": (_("At risk"), WARN),
        "missed": (_("Missed truck"), BAD),
    },
    "invoice": {
        "draft": (_("Draft"), OFF),
        "checked": (_("Checked"), GO),
        "discarded": (_("Discarded"), OFF),
        "issued": (_("Open"), PLAIN),
        "open": (_("Open"), PLAIN),
        "due_soon": (_("Due soon"), WARN),
        "part_paid": (_("Part paid"), WARN),
        "disputed": (_("Disputed"), WARN),
        "overdue": (_("Overdue"), BAD),
        "paid": (_("Paid"), OK),
        "replaced": (_("Replaced"), OFF),
        "credited": (_("Credited"), OFF),
        "written_off": (_("Written off"), OFF),
    },
    "documentdelivery": {
        "queued": (_("Queued"), PLAIN),
        "sending": (_("Sending"), GO),
        "sent": (_("Sent"), OK),
        "delivered": (_("Delivered"), OK),
        "bounced": (_("Bounced"), BAD),
        "unknown": (_("Not confirmed"), WARN),
    },
    "openitem": {
        "open": (_("Open"), PLAIN),
        "due_soon": (_("Due soon"), WARN),
        "overdue": (_("Overdue"), BAD),
        "part_paid": (_("Part paid"), WARN),
        "disputed": (_("Disputed"), WARN),
        "settled": (_("Paid"), OK),
        "written_off": (_("Written off"), OFF),
    },
    "invoicereview": {
        "open": (_("New"), PLAIN),
        "fine": (_("Fine"), OK),
        "corrected": (_("Corrected"), OK),
        "disputed": (_("Disputed"), WARN),
        "asked": (_("Customer asked"), GO),
    },
    "dispute": {
        "open": (_("New"), PLAIN),
        "investigating": (_("Investigating"), WARN),
        "waiting_for_customer": (_("Waiting on customer"), GO),
        "accepted": (_("Accepted"), OK),
        "rejected": (_("Rejected"), OFF),
        "withdrawn": (_("Withdrawn"), OFF),
        "settled": (_("Settled"), OK),
    },
    "receipt": {
        "unidentified": (_("Unknown payer"), BAD),
        "identified": (_("Unmatched"), PLAIN),
        "suggested": (_("Suggested"), GO),
        "part_applied": (_("Part applied"), WARN),
        "applied": (_("Matched"), OK),
        "on_account": (_("On account"), OFF),
        "refunded": (_("Refunded"), OFF),
        "returned": (_("Returned"), BAD),
    },
    "matchproposal": {
        "proposed": (_("Suggested"), GO),
        "accepted": (_("Matched"), OK),
        "rejected": (_("Rejected"), OFF),
        "reversed": (_("Reversed"), OFF),
    },
    "dunning": {
        "reminder": (_("Reminder"), PLAIN),
        "second": (_("Second notice"), WARN),
        "final": (_("Final notice"), BAD),
        "agency": (_("Agency"), BAD),
        "paused": (_("Paused"), OFF),
    },
    "dunningnotice": {
        "proposed": (_("Proposed"), PLAIN),
        "sending": (_("Sending"), GO),
        "sent": (_("Sent"), OK),
        "failed": (_("Failed"), BAD),
        "withheld": (_("Held back"), OFF),
    },
    "promisetopay": {
        "open": (_("Open"), PLAIN),
        "due_today": (_("Due today"), WARN),
        "kept": (_("Kept"), OK),
        "partly_kept": (_("Part kept"), WARN),
        "broken": (_("Broken"), BAD),
        "withdrawn": (_("Withdrawn"), OFF),
    },
    "paymentplan": {
        "active": (_("Running"), GO),
        "fulfilled": (_("Kept"), OK),
        "failed": (_("Broken"), BAD),
        "ended": (_("Ended"), OFF),
    },
    "writeoff": {
        "requested": (_("Second approval"), GO),
        "approved": (_("Approved"), OK),
        "posted": (_("Posted"), OK),
        "rejected": (_("Rejected"), OFF),
    },
    "job": {
        "queued": (_("Queued"), PLAIN),
        "running": (_("Running"), GO),
        "done": (_("Done"), OK),
        "retrying": (_("Retrying"), WARN),
        "failed": (_("Failed"), BAD),
    },
}


class UnknownStatus(LookupError):
    """No word is agreed for this state: add it to `WORDS` first."""


def word_and_tone(kind: str, state: str) -> tuple[Text, str]:
    """Return what people read for a state, and its tone; `kind` is `pick_list` or `picklist`.

    Raises:
        UnknownStatus: the table holds no such kind or state.
    """
    try:
        return WORDS[kind.replace("_", "").lower()][state]
    except KeyError:
        raise UnknownStatus(
            f"No word for {kind}: {state}. Add it to o2c/kernel/ui/status.py."
        ) from None


def pill(text: Text, tone: str = "") -> SafeString:
    """Draw a status pill: quiet when fine, tinted when somebody must act."""
    if tone:
        return format_html('<span class="pill" data-tone="{}">{}</span>', tone, text)
    return format_html('<span class="pill">{}</span>', text)


def status(subject: str | models.Model, state: str = "") -> SafeString:
    """Draw the pill of a document, or of a kind and a state or condition."""
    if isinstance(subject, models.Model):
        kind, state = subject._meta.model_name or "", state or subject.state  # type: ignore[attr-defined]
    else:
        kind = subject
    word, tone = word_and_tone(kind, state)
    return pill(word, tone)
