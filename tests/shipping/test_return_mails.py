"""Who sends goods back is told how; what was refused at the door comes back by itself."""

from decimal import Decimal

import pytest

from customers.models import Customer
from o2c.kernel.models import OutboxMessage
from shipping import handlers, mails, services
from shipping.events import GoodsRefused
from shipping.models import Return, Shipment
from shipping.services import Delivery, Refusal


@pytest.fixture
def refuse(gone, now, actor):
    def refuse(quantity):
        return services.record_proof(
            gone.shipment_id,
            delivery=Delivery(received_by="Kim", received_at=now),
            refused={gone.pk: Refusal(quantity=Decimal(quantity), reason="Wet")},
            at=now,
            actor=actor,
        )

    return refuse


@pytest.fixture
def take_back(gone, now, actor):
    """Deliver what the outbox keeps about refused goods."""

    def take_back():
        event = GoodsRefused(shipment_id=gone.shipment_id, at=now, actor=actor)
        handlers.take_back_refused(event)

    return take_back


def test_tells_the_number_the_address_and_brings_the_slip(announce, mailoutbox, company):
    row = announce(2)
    mailoutbox.clear()

    mails.send_return_announced(row.pk)

    [mail] = mailoutbox
    assert mail.subject == f"Your return {row.number}"
    assert mail.to == [row.customer.email]
    for text in (row.number, company.name, row.warehouse.name, "2 × "):
        assert text in mail.body
    [(name, content, media_type)] = mail.attachments
    assert (name, media_type) == (f"{row.number}-return-slip.pdf", "application/pdf")
    assert content.startswith(b"%PDF")


def test_a_mail_told_twice_is_the_same_mail(announce, mailoutbox):
    row = announce(2)
    mailoutbox.clear()

    mails.send_return_announced(row.pk)
    mails.send_return_announced(row.pk)

    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1


def test_nobody_is_told_without_an_address(announce, mailoutbox):
    Customer.objects.update(email="")
    row = announce(2)
    mailoutbox.clear()

    mails.send_return_announced(row.pk)

    assert mailoutbox == []


def test_announcing_goes_through_the_outbox(announce):
    announce(2)

    assert OutboxMessage.objects.filter(handler="shipping.handlers.tell_how_to_return").count() == 1


def test_who_announced_is_told_what_is_refused_and_why(announce, mailoutbox, now, actor):
    row = announce(2)
    services.refuse_return(row.pk, answer="Too late", at=now, actor=actor)
    mailoutbox.clear()

    mails.send_return_refused(row.pk)

    [mail] = mailoutbox
    line = row.lines.get().shipment_line
    assert mail.subject == f"Your return {row.number}: not credited"
    assert mail.to == [row.customer.email]
    for text in (
        "is refused. Please do not send these goods",
        f"2 × {line.order_line.sku}",
        line.order.number,
        "Why: Too late",
    ):
        assert text in mail.body


def test_of_goods_that_are_here_nobody_asks_not_to_send_them(
    announce, receive, inspect, mailoutbox, now, actor
):
    row = receive(announce(2), 1)
    inspect(row, "scrap", accepted=1)
    services.refuse_return(row.pk, answer="Used & dirty", at=now, actor=actor)
    mailoutbox.clear()

    mails.send_return_refused(row.pk)

    [mail] = mailoutbox
    assert "They are refused, and not credited:" in mail.body
    assert "do not send" not in mail.body
    assert f"1 × {row.lines.get().shipment_line.order_line.sku}" in mail.body
    assert "Why: Used & dirty" in mail.body


@pytest.mark.parametrize(("accepted", "told"), [("0", "2 × "), ("1.5", "0.5 × ")])
def test_of_a_settled_return_the_part_that_is_not_credited_is_told(
    announce, receive, inspect, mailoutbox, now, actor, accepted, told
):
    row = receive(announce(2))
    inspect(row, "scrap", accepted=accepted)
    services.settle_return(row.pk, answer="Scratched", at=now, actor=actor)
    mailoutbox.clear()

    mails.send_return_refused(row.pk)

    [mail] = mailoutbox
    assert "This part of them is not credited:" in mail.body
    assert f"\n{told}" in mail.body
    assert "Why: Scratched" in mail.body


def test_nothing_is_told_of_a_return_that_is_credited_in_full(
    announce, receive, inspect, mailoutbox, now, actor
):
    row = receive(announce(2), 1)
    inspect(row, "scrap", accepted=1)
    services.settle_return(row.pk, at=now, actor=actor)
    mailoutbox.clear()

    mails.send_return_refused(row.pk)

    assert mailoutbox == []


def test_refusing_goes_through_the_outbox_once_and_is_one_mail(announce, mailoutbox, now, actor):
    row = announce(2)
    services.refuse_return(row.pk, answer="Too late", at=now, actor=actor)
    mailoutbox.clear()
    told = OutboxMessage.objects.filter(handler="shipping.handlers.tell_return_is_refused")

    for _time in (1, 2):
        mails.send_return_refused(row.pk)

    assert told.count() == 1
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1


def test_who_refused_goods_need_not_do_anything(gone, refuse, take_back, mailoutbox):
    refuse(2)
    take_back()
    mailoutbox.clear()

    mails.send_return_announced(Return.objects.get().pk)

    [mail] = mailoutbox
    assert "You need not do anything." in mail.body
    assert mail.attachments == []


def test_what_the_proof_says_was_refused_comes_back_by_itself(gone, refuse, take_back, books):
    refuse(2)

    take_back()

    line = Return.objects.get().lines.get()
    assert (line.announced, line.reason, line.shipment_line) == (2, "refused", gone)
    assert OutboxMessage.objects.filter(handler="shipping.handlers.take_back_refused").count() == 1
    assert books() == []


def test_told_twice_it_comes_back_once(refuse, take_back):
    refuse(2)

    take_back()
    take_back()

    assert Return.objects.count() == 1


def test_a_later_proof_announces_only_what_is_missing(refuse, take_back):
    refuse(2)
    take_back()

    refuse(3)
    take_back()

    assert OutboxMessage.objects.filter(handler="shipping.handlers.take_back_refused").count() == 2
    sums = [line.announced for row in Return.objects.all() for line in row.lines.all()]
    assert sorted(sums) == [1, 2]


def test_what_a_carrier_reports_as_refused_comes_back_whole(gone, take_back, now, actor):
    services.report_exception(gone.shipment_id, kind="refused", note="Shut", at=now, actor=actor)

    take_back()

    assert Shipment.objects.get().state == "exception"
    assert Return.objects.get().lines.get().announced == 5
    assert OutboxMessage.objects.filter(handler="shipping.handlers.take_back_refused").count() == 1


def test_goods_that_were_taken_do_not_come_back(gone, take_back, now, actor):
    services.deliver_shipment(gone.shipment_id, received_by="Kim", at=now, actor=actor)

    take_back()

    assert not Return.objects.exists()
