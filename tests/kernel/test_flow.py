"""The process is visible: who reacts to what is pinned here and told in docs/flow.md."""

from pathlib import Path

from django.conf import settings

from o2c.kernel.events import AFTER, ON, Event
from o2c.kernel.management.commands.show_flow import flow

FLOW = [
    "catalog.TrackingChosen on fulfillment.keep_lots_apart",
    "collection.ItemOverdue after collection.tell_customer_what_to_pay",
    "collection.NoticeProposed after collection.send_first_level",
    "collection.NoticeReleased after collection.mail_letter",
    "credit.ApplicationDecided after credit.answer_customer",
    "credit.ApplicationDecided after credit.tell_sales_rep",
    "credit.ApplicationReferred after credit.tell_analysts",
    "credit.BureauAsked after credit.ask_bureau",
    "credit.CaseNearlyLate after credit.warn_analysts",
    "credit.DocumentsAsked after credit.ask_customer",
    "credit.DocumentsReceived after credit.tell_documents_are_here",
    "credit.GroupRoomMade after credit.look_at_group",
    "credit.HoldPlaced after credit.tell_customer",
    "credit.HoldReleased after credit.tell_customer_it_ended",
    "credit.OrderCreditDecided after credit.tell_rep_of_order",
    "credit.OrderNear after credit.count_near",
    "credit.PrepaymentRecorded on invoicing.follow_money",
    "credit.PrepaymentTakenBack after credit.tell_of_lost_prepayment",
    "credit.ProposalAnswered after credit.tell_proposer",
    "credit.ProposalMade after credit.tell_signers",
    "credit.ReleasesExpected on fulfillment.hold_stock",
    "credit.RoomMade after credit.look_at_waiting",
    "customers.ContactChanged after customers.tell_crm_of_contact",
    "customers.CustomerChanged after customers.tell_crm_of_customer",
    "customers.ParentChosen on credit.keep_to_one_currency",
    "fulfillment.LineShort after fulfillment.tell_about_short_pick",
    "fulfillment.LotRecalled after fulfillment.free_late_claims",
    "fulfillment.OrderShort after fulfillment.tell_about_shortage",
    "fulfillment.PickPacked on shipping.plan_shipment",
    "fulfillment.PickUnpacked on shipping.ensure_no_shipment",
    "fulfillment.StockReceived on fulfillment.serve_backorders",
    "invoicing.BillLowered on receivables.settle_lowered",
    "invoicing.CreditMemoIssued after invoicing.mail_credit_memo",
    "invoicing.CreditMemoIssued on receivables.post_credit",
    "invoicing.DeliveryQueued after invoicing.mail_again",
    "invoicing.InvoiceIssued after collection.apply_what_was_paid_in_advance",
    "invoicing.InvoiceIssued after collection.tell_what_is_owed",
    "invoicing.InvoiceIssued after invoicing.mail_invoice",
    "invoicing.InvoiceIssued on receivables.open_item",
    "invoicing.ProFormaIssued after invoicing.mail_pro_forma",
    "orders.ApprovalAsked after orders.tell_approvers",
    "orders.ApprovalDecided after orders.tell_who_asked",
    "orders.ChangeAsked after orders.tell_change_approvers",
    "orders.ChangeDecided after orders.tell_who_asked_for_change",
    "orders.DocumentRejected after orders.answer_rejected",
    "orders.FileReceived after orders.read_partner_file",
    "orders.LinesCancelled after collection.free_what_was_paid_in_advance",
    "orders.LinesCancelled after credit.use_freed_limit",
    "orders.LinesCancelled after orders.tell_partner_cancelled",
    "orders.LinesCancelled on credit.lower_exposure",
    "orders.LinesCancelled on fulfillment.free_cancelled",
    "orders.LinesCancelled on invoicing.withdraw_cancelled",
    "orders.LinesCancelled on orders.give_back_cancelled",
    "orders.LinesCancelled on orders.tell_shop_of_cancellation",
    "orders.LinesCancelled on receivables.settle_what_is_left",
    "orders.MessageQueued after orders.carry_message",
    "orders.OrderAmended after credit.use_limit_of_amended",
    "orders.OrderAmended after orders.acknowledge_change",
    "orders.OrderAmended after orders.tell_partner_amended",
    "orders.OrderAmended on credit.check_amended",
    "orders.OrderAmended on fulfillment.follow_amended",
    "orders.OrderAmended on invoicing.withdraw_amended",
    "orders.OrderAmended on orders.recount_amended",
    "orders.OrderAmended on receivables.settle_amended",
    "orders.OrderDeclined after orders.answer_declined",
    "orders.OrderDeclined after orders.tell_declined",
    "orders.OrderDeclined on credit.end_holds_of_declined",
    "orders.OrderDeclined on fulfillment.let_go",
    "orders.OrderDeclined on orders.give_back",
    "orders.OrderDeclined on orders.tell_shop",
    "orders.OrderHeld after credit.tell_analysts_of_order",
    "orders.OrderHeld after orders.answer_held",
    "orders.OrderHeld after orders.tell_held",
    "orders.OrderHeld on credit.give_back_exposure",
    "orders.OrderHeld on fulfillment.free_held",
    "orders.OrderHeld on orders.tell_shop",
    "orders.OrderReferred after orders.answer_referred",
    "orders.OrderReferred after orders.tell_referred",
    "orders.OrderReferred on fulfillment.keep_back",
    "orders.OrderReferred on orders.tell_shop",
    "orders.OrderReleased after orders.acknowledge",
    "orders.OrderReleased after orders.answer_released",
    "orders.OrderReleased on credit.count_exposure",
    "orders.OrderReleased on fulfillment.allocate_stock",
    "orders.OrderReleased on invoicing.follow_released",
    "orders.OrderReleased on orders.tell_shop",
    "orders.OrderSubmitted on credit.review",
    "orders.OrderSubmitted on orders.call_off",
    "orders.OrdersExpected on credit.read_accounts",
    "orders.OrdersExpected on fulfillment.hold_shelf",
    "orders.PromiseMoved after orders.answer_moved",
    "orders.PromiseMoved after orders.tell_moved",
    "orders.QuoteClosed on fulfillment.end_keeping",
    "orders.QuoteDecided after orders.tell_quote_decided",
    "orders.QuoteSent after orders.mail_quote",
    "orders.ShopMessageKept after orders.take_shop_message",
    "orders.ShopStatusDue after orders.push_shop_status",
    "receivables.CashApplied on collection.let_orders_go",
    "receivables.CashReversed on collection.tell_behaviour",
    "receivables.DisputeClosed after collection.tell_dispute_ended",
    "receivables.DisputeOpened after collection.tell_dispute",
    "receivables.ItemFlagged after receivables.remind",
    "shipping.BookingFailed after shipping.tell_about_booking",
    "shipping.BookingWanted after shipping.ask_carrier",
    "shipping.BookingWithdrawn after shipping.cancel_with_carrier",
    "shipping.CaseAssigned after shipping.tell_case_owner",
    "shipping.GoodsRefused after shipping.take_back_refused",
    "shipping.LostHasArrived after shipping.tell_that_it_has_arrived",
    "shipping.ReturnAnnounced after shipping.tell_how_to_return",
    "shipping.ReturnInspected after shipping.store_returned",
    "shipping.ReturnRefused after invoicing.bill_refused",
    "shipping.ReturnRefused after shipping.tell_return_is_refused",
    "shipping.ReturnSettled after invoicing.credit_returned",
    "shipping.ReturnSettled after shipping.tell_what_is_not_credited",
    "shipping.ReturnStuck after shipping.tell_what_is_not_put_away",
    "shipping.ShipmentDelivered after invoicing.bill_delivered",
    "shipping.ShipmentDispatched after invoicing.bill_dispatched",
    "shipping.ShipmentDispatched after shipping.place_reports",
    "shipping.ShipmentDispatched after shipping.send_ship_notice",
    "shipping.ShipmentDispatched after shipping.tell_partners",
    "shipping.ShipmentFailed after shipping.tell_about_exception",
]
UNHEARD = [
    "collection.ReceiptRecorded",
    "orders.OrderClosed",
]
STAGES = ("customers", "catalog", *settings.STAGES, "reporting")


def blocks():
    """Return the lines of each text block of docs/flow.md."""
    text = Path(settings.BASE_DIR, "docs/flow.md").read_text()
    return [block.strip().splitlines() for block in text.split("```text\n")[1:]]


def told(number):
    lines = blocks()[number]
    return lines[: lines.index("```")]


def test_events_reach_these_handlers():
    assert flow() == FLOW


def test_each_handler_stands_in_a_stage_at_or_below_its_event():
    wrong = [
        (event, handler)
        for registry in (ON, AFTER)
        for event, handlers in registry.items()
        for handler in handlers
        if STAGES.index(stage(handler)) < STAGES.index(stage(event))
    ]

    assert wrong == []


def test_some_events_are_announced_to_nobody_yet():
    ours = [event for event in Event.__subclasses__() if stage(event) in STAGES]
    unheard = [event for event in ours if not ON.get(event) and not AFTER.get(event)]

    assert sorted(f"{stage(event)}.{event.__name__}" for event in unheard) == UNHEARD


def test_the_document_says_the_same():
    assert told(0) == FLOW
    assert told(1) == UNHEARD


def stage(thing):
    return thing.__module__.split(".")[0]
