"""EDI: X12, EDIFACT and UBL, in and out.

text -> syntax (x12_syntax, edifact_syntax) -> Interchange -> maps (x12_orders ...) -> ReadOrder
"""
