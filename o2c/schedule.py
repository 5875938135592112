"""What runs by itself, and how often: in seconds, or at a time of the hour."""

from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    # The sweep finds what a nudge missed: the outbox row is the truth, the task only a hint.
    "deliver-outbox": {"task": "o2c.kernel.tasks.deliver_outbox", "schedule": 5.0},
    # Many moves of one product within a minute are one message to a web shop.
    "tell-shops-about-stock": {
        "task": "fulfillment.tasks.tell_shops_about_stock",
        "schedule": 60.0,
    },
    # What has expired counts no more at once; this only notes it.
    "expire-reservations": {"task": "fulfillment.tasks.expire_reservations", "schedule": 60.0},
    # A thousand cancelled orders within a minute are one look at who waits for their goods.
    "serve-freed-stock": {"task": "fulfillment.tasks.serve_freed", "schedule": 60.0},
    # Partners lay files into folders; a minute is soon enough.
    "watch-edi-folders": {"task": "orders.tasks.watch_edi_folders", "schedule": 60.0},
    "poll-mailbox": {"task": "orders.tasks.poll_mailbox", "schedule": 60.0},
    # Who works the queue hears in time of a case that is about to be late.
    "warn-of-late-cases": {"task": "credit.tasks.warn_of_late_cases", "schedule": 300.0},
    # Reports of carriers that came before their shipment had left.
    "place-tracking-reports": {"task": "shipping.tasks.place_reports", "schedule": 300.0},
    # Carriers' systems that do not report by themselves are asked where our goods are.
    "poll-carriers": {"task": "shipping.tasks.poll_carriers", "schedule": 300.0},
    # Each company's day begins at its own hour; the task runs the day once, whoever asks.
    "run-daily": {"task": "o2c.kernel.tasks.run_daily", "schedule": crontab(minute=5)},
}
