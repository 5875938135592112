"""Proofs of delivery: entered by our people, sent by carriers, shown to the customer."""
