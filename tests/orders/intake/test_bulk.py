"""A file of many orders: the queue is woken once."""

from o2c.kernel import outbox
from o2c.kernel.models import OutboxMessage
from orders.intake.checking import check_only
from tests.factories import NOW


def file_of(orders):
    rows = [f"C-17850,47{number:03},85123A,1" for number in range(orders)]
    return "\n".join(["Customer,PO,SKU,Qty", *rows])


def test_the_queue_is_woken_once_however_many_orders_there_are(
    books, intake, monkeypatch, django_capture_on_commit_callbacks
):
    nudges = []
    monkeypatch.setattr(outbox, "nudge", lambda: nudges.append("each"))
    monkeypatch.setattr("orders.intake.services.nudge", lambda: nudges.append("last"))

    with django_capture_on_commit_callbacks(execute=True):
        results = intake(file_of(3), "--commit")

    assert [result["status"] for result in results] == ["accepted"] * 3
    assert OutboxMessage.objects.count() >= 3
    assert nudges == ["last"]


def test_one_order_wakes_it_at_once(books, intake, monkeypatch, django_capture_on_commit_callbacks):
    nudges = []
    monkeypatch.setattr(outbox, "nudge", lambda: nudges.append("each"))

    with django_capture_on_commit_callbacks(execute=True):
        intake(file_of(1), "--commit")

    assert nudges == ["each"]


def test_a_file_can_be_judged_alone(books, actor):
    verdicts = list(check_only("a.csv", file_of(2).encode(), at=NOW, actor=actor))

    assert verdicts == ["accepted", "accepted"]
    assert not OutboxMessage.objects.exists()
