"""Suite: every Peppol document, orders and others."""

from pathlib import Path

from acceptance.documents_trade import NOT_AN_ORDER, Expectations, Expected, run_files
from acceptance.house import House
from acceptance.report import Report

# Files of other documents: how many of them; each is named and stopped.
OTHERS = {
    "orders_xml/peppol/DespatchAdvice-BIS3_UseCase1.xml": 1,
    "orders_xml/peppol/DespatchAdvice-BIS3_UseCase2.xml": 1,
    "orders_xml/peppol/DespatchAdvice_Example.xml": 1,
    "orders_xml/peppol/InvoiceResponse_Example.xml": 1,
    "orders_xml/peppol/OrderResponse_Example.xml": 1,
    "orders_xml/peppol/UC1_Order_response.xml": 1,
    "orders_xml/peppol/UC2_Order_response.xml": 1,
}
# Files with orders: what becomes of each document, in the order of the file.
ORDERS: Expectations = {
    "orders_xml/peppol/OrderCancellation_Example.xml": [
        Expected("review", 0, ("unknown_order",)),
    ],
    "orders_xml/peppol/OrderChange_Example.xml": [
        Expected("review", 2, ("unknown_order",)),
    ],
    "orders_xml/peppol/Order_Example.xml": [
        # Its total has allowances and charges in it, which are no lines of ours.
        Expected("review", 2, ("allowance_charge", "total_differs")),
    ],
    "orders_xml/peppol/UC1_Order.xml": [
        Expected("accepted", 3),
    ],
    "orders_xml/peppol/UC2_Order.xml": [
        Expected("review", 2, ("missing_product",)),
    ],
}
EXPECTED = ORDERS | {name: [NOT_AN_ORDER] * number for name, number in OTHERS.items()}


def run(home: House, folder: Path) -> Report:
    return run_files(
        home, folder, title="UBL orders", patterns=["orders_xml/**/*"], expected=EXPECTED
    )
