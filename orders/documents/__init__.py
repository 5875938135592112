"""Printed documents of the orders stage, in the style and the language of the house's invoices."""

from orders.documents.acknowledgement import Said, draw_acknowledgement, said_of
from orders.documents.parts import bill_to_of
from orders.documents.quote import draw_quote

__all__ = ["Said", "bill_to_of", "draw_acknowledgement", "draw_quote", "said_of"]
