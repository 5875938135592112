"""Customers order by themselves: find, put into the basket, place, follow, cancel, order again."""
