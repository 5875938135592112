"""Customers see their credit with us, and hand in what we ask them for."""
