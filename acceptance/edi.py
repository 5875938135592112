"""Suite: every X12 and EDIFACT file of partners' guides and of other programs' tests."""

from pathlib import Path

from acceptance.documents_trade import NOT_AN_ORDER, Expectations, Expected, run_files
from acceptance.house import House
from acceptance.report import Report

# Files of other documents: how many of them; each is named and stopped.
OTHERS = {
    "edi/edifact/edinet/edifact.01.edi": 1,
    "edi/edifact/edinet/edifact.Issue188.edi": 4,
    "edi/edifact/edinet/edifact.Issue196.edi": 1,
    "edi/edifact/edinet/edifact.Issue98.edi": 1,
    "edi/edifact/edinet/edifact.ORDRSP-formatted.edi": 1,
    "edi/edifact/edinet/edifact.ORDRSP.edi": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE0.TXT": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE0a.TXT": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE1.TXT": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE1.xml": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE3.TXT": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE3.xml": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE4.TXT": 1,
    "edi/edifact/en16931/EDIFACT_EXAMPLE4.xml": 1,
    "edi/edifact/phpedifact/example_multiline.edi": 1,
    "edi/edifact/phpedifact/example_release_character.edi": 1,
    "edi/edifact/phpedifact/example_wrapped.edi": 1,
    "edi/edifact/pydifact/invoice1.edi": 1,
    "edi/edifact/pydifact/invoice_with_colon_at_end.edi": 1,
    "edi/edifact/pydifact/wikipedia_en.edi": 1,
    "edi/edifact/smooks/INVOIC_D.03B_Interchange_with_UNA.txt": 1,
    "edi/edifact/staedi/invoic_d93a_una.edi": 1,
    "edi/edifact/staedi/invoic_d97b.edi": 1,
    "edi/edifact/staedi/invoic_d97b_una.edi": 1,
    "edi/x12/ediengine/856.Crossdock.OK.edi": 1,
    "edi/x12/ediengine/940.OK.edi": 1,
    "edi/x12/ediengine/AckTest.edi": 3,
    "edi/x12/ediengine/ControlNumbersMismatch.edi": 1,
    "edi/x12/ediengine/MultipleInterchangesAndGroups.edi": 6,
    "edi/x12/ediengine/WrongGroupsAndTranCount.edi": 1,
    "edi/x12/edinet/x12.810a.edi": 1,
    "edi/x12/edinet/x12.810b.edi": 1,
    "edi/x12/edinet/x12.832.edi": 1,
    "edi/x12/edinet/x12.Issue88.edi": 1,
    "edi/x12/partners/180_FromLowes.txt": 1,
    "edi/x12/partners/810_Example1_CaliforniaISO.txt": 1,
    "edi/x12/partners/810_Example2_ManualBilling.txt": 1,
    "edi/x12/partners/810_Example3_MultiInvoice.txt": 2,
    "edi/x12/partners/810_Example4_Adobe.txt": 1,
    "edi/x12/partners/820_Example5_Wikipedia.txt": 1,
    "edi/x12/partners/820_Example6.txt": 1,
    "edi/x12/partners/846_Example1.txt": 1,
    "edi/x12/partners/855_Example1_Adobe.txt": 1,
    "edi/x12/partners/856_Example1.txt": 1,
    "edi/x12/partners/856_Example2.txt": 1,
    "edi/x12/staedi/empty997.edi": 1,
    "edi/x12/staedi/extraDelimiter997.edi": 1,
    "edi/x12/staedi/invalid997.edi": 1,
    "edi/x12/staedi/simple810.edi": 2,
    "edi/x12/staedi/simple997.edi": 1,
}
# Files with orders: what becomes of each document, in the order of the file.
ORDERS: Expectations = {
    "edi/edifact/phpedifact/example_order_ok.edi": [
        Expected("review", 146, ("unit",)),
    ],
    "edi/edifact/pydifact/order.edi": [
        Expected("review", 2, ("interchange_not_ended",)),
    ],
    "edi/edifact/pydifact/order2.edi": [
        Expected("review", 1, ("interchange_not_ended",)),
    ],
    "edi/edifact/pydifact/wikipedia_de.edi": [
        Expected("review", 1, ("control_number",)),
    ],
    "edi/edifact/smooks/ORDERS_D.03B_Interchange.txt": [
        Expected("accepted", 4),
    ],
    "edi/edifact/staedi/orders-with-group.edi": [
        Expected("review", 1, ("segment_count",)),
    ],
    "edi/x12/apimeister/004010_850.edi": [
        Expected("accepted", 7),
    ],
    "edi/x12/ediengine/850.Composite.SLN.OK.edi": [
        Expected("review", 2, ("components", "total_mismatch")),
    ],
    "edi/x12/ediengine/850.OK.edi": [
        Expected("accepted", 6),
    ],
    "edi/x12/ediengine/850.SyntaxNotes.ERR.edi": [
        Expected("review", 6, ("missing_code",)),
    ],
    "edi/x12/ediengine/NonEdi.edi": [
        Expected("rejected", 0, ("no_header",)),
    ],
    "edi/x12/edinet/x12.810.mandatory-conditions.edi": [
        Expected(
            "review",
            0,
            ("control_number", "missing_po_number", "missing_segment", "no_lines", "segment_count"),
        ),
    ],
    "edi/x12/edinet/x12.850.edi": [
        Expected("review", 1, ("control_number",)),
    ],
    "edi/x12/edinet/x12.850a.edi": [
        Expected("review", 3, ("control_number",)),
    ],
    "edi/x12/edinet/x12.Issue101.edi": [
        Expected(
            "review",
            0,
            ("control_number", "missing_po_number", "missing_segment", "no_lines", "segment_count"),
        ),
    ],
    "edi/x12/edinet/x12.Issue172.edi": [
        Expected(
            "review",
            0,
            ("control_number", "missing_po_number", "missing_segment", "no_lines", "segment_count"),
        ),
    ],
    "edi/x12/edinet/x12.Issue91.edi": [
        Expected(
            "review",
            0,
            ("control_number", "missing_po_number", "missing_segment", "no_lines", "segment_count"),
        ),
    ],
    "edi/x12/partners/850_Example2_Adobe_TLP.txt": [
        Expected("review", 1, ("total_mismatch",)),
    ],
    "edi/x12/partners/850_Example3_Adobe_CLP.txt": [
        Expected("review", 2, ("total_mismatch",)),
    ],
    "edi/x12/partners/850_Example4_Adobe_ShrinkWrapped.txt": [
        Expected("review", 1, ("total_mismatch",)),
    ],
    "edi/x12/partners/860_Example1.txt": [
        Expected("review", 2, ("unknown_order",)),
    ],
    "edi/x12/partners/875_AmasoftExample1.txt": [
        Expected("review", 2, ("quantity_total",)),
    ],
    "edi/x12/staedi/invoice810_po850_dual.edi": [
        NOT_AN_ORDER,
        NOT_AN_ORDER,
        Expected("accepted", 4),
    ],
}
EXPECTED = ORDERS | {name: [NOT_AN_ORDER] * number for name, number in OTHERS.items()}


def run(home: House, folder: Path) -> Report:
    return run_files(
        home, folder, title="EDI: X12 and EDIFACT", patterns=["edi/**/*"], expected=EXPECTED
    )
