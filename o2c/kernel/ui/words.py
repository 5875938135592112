"""The one table of status words: what people read for each state, and its tone.

Tones: off (over, or not yet begun), plain, go (moving), ok (done), warn (look at it), bad (act).
A document shows its state, or the worst condition that needs somebody (overdue, short pick …).
Past tense or a noun, at most three words. Add a new word here first;
those of invoices and what is paid on them stand in `money_words`.
"""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from o2c.kernel.ui.money_words import MONEY
from o2c.kernel.ui.tones import BAD, GO, OFF, OK, PLAIN, WARN

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
    "importrow": {
        "new": (_("New"), OK),
        "changed": (_("Changed"), GO),
        "same": (_("The same"), OFF),
        "rejected": (_("Not imported"), BAD),
    },
    "quote": {
        "draft": (_("Draft"), OFF),
        "sent": (_("Sent"), GO),
        "accepted": (_("Accepted"), OK),
        "rejected": (_("Rejected"), OFF),
        "expired": (_("Expired"), OFF),
        "replaced": (_("Replaced"), OFF),
        "expiring": (_("Expires soon"), WARN),
    },
    "blanketorder": {
        "draft": (_("Draft"), OFF),
        "active": (_("Active"), GO),
        "fulfilled": (_("Called off"), OK),
        "ended": (_("Ended"), OFF),
    },
    "amendment": {
        "draft": (_("Draft"), OFF),
        "checked": (_("Checked"), GO),
        "asked": (_("Waits for approval"), WARN),
        "refused": (_("Refused"), OFF),
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
    "partnermessage": {
        "queued": (_("Queued"), PLAIN),
        "sent": (_("Sent"), OK),
        "failed": (_("Failed"), BAD),
    },
    "shopevent": {
        "ordered": (_("Order placed"), OK),
        "review": (_("Needs review"), WARN),
        "rejected": (_("Rejected"), OFF),
        "duplicate": (_("Duplicate"), OFF),
        "changed": (_("Order changed"), OK),
        "unchanged": (_("Nothing to change"), OFF),
        "cancelled": (_("Order cancelled"), OK),
        "outdated": (_("Outdated"), OFF),
        "kept": (_("Kept"), OFF),
    },
    "orderfinding": {
        "open": (_("Open"), WARN),
        "block": (_("Blocks"), BAD),
        "warn": (_("Look at it"), WARN),
        "resolved": (_("Resolved"), OK),
        "waived": (_("Waived"), OFF),
    },
    "orderapproval": {
        "asked": (_("Second approval"), GO),
        "approved": (_("Approved"), OK),
        "refused": (_("Refused"), BAD),
        "voided": (_("Voided"), OFF),
    },
    "product": {
        "active": (_("Active"), PLAIN),
        "discontinued": (_("Discontinued"), OFF),
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
        "allow": (_("Approved"), OK),
        "warn": (_("Warning"), WARN),
        "refer": (_("In review"), GO),
        "hold": (_("Credit hold"), BAD),
        "decline": (_("Declined"), OFF),
    },
    "creditdecision": {
        "approved": (_("Approved"), OK),
        "declined": (_("Declined"), OFF),
    },
    "creditproposal": {
        "open": (_("Second approval"), GO),
        "signed": (_("Signed"), OK),
        "rejected": (_("Rejected"), BAD),
        "lapsed": (_("Lapsed"), OFF),
    },
    "creditpolicy": {
        "draft": (_("Draft"), OFF),
        "active": (_("In force"), OK),
        "retired": (_("Retired"), OFF),
    },
    "guarantee": {
        "valid": (_("Valid"), OK),
        "ending": (_("Ends soon"), WARN),
        "later": (_("Not yet valid"), PLAIN),
        "over": (_("Ended"), OFF),
        "withdrawn": (_("Withdrawn"), OFF),
    },
    "guidelinetable": {
        "draft": (_("Draft"), OFF),
        "tested": (_("Tested"), GO),
        "active": (_("In force"), OK),
        "retired": (_("Retired"), OFF),
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
    "pickbatch": {
        "released": (_("Released"), PLAIN),
        "picking": (_("Picking"), GO),
        "done": (_("Done"), OK),
        "cancelled": (_("Cancelled"), OFF),
    },
    "expectedreceipt": {
        "open": (_("Expected"), PLAIN),
        "closed": (_("Closed"), OFF),
    },
    "shippingaudit": {
        "open": (_("Open"), PLAIN),
        "signed": (_("Signed off"), OK),
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
    "counttask": {
        "open": (_("Open"), WARN),
        "counted": (_("Counted"), OK),
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
    "job": {
        "queued": (_("Queued"), PLAIN),
        "running": (_("Running"), GO),
        "done": (_("Done"), OK),
        "retrying": (_("Retrying"), WARN),
        "failed": (_("Failed"), BAD),
    },
    **MONEY,
}
