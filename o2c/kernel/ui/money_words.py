"""The status words of invoices, and of what is owed, paid and reminded of: part of `words`."""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from o2c.kernel.ui.tones import BAD, GO, OFF, OK, PLAIN, WARN

MONEY: dict[str, dict[str, tuple[Text, str]]] = {
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
    "proforma": {
        "issued": (_("Waits for payment"), PLAIN),
        "paid": (_("Paid"), OK),
        "lapsed": (_("Lapsed"), OFF),
        "withdrawn": (_("Withdrawn"), OFF),
    },
    "invoicedelivery": {
        "queued": (_("Queued"), PLAIN),
        "sending": (_("Sending"), GO),
        "sent": (_("Sent"), OK),
        "delivered": (_("Delivered"), OK),
        "bounced": (_("Bounced"), BAD),
        "unknown": (_("Not confirmed"), WARN),
        "no_address": (_("No address"), WARN),
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
}
