"""A digital twin of a trading company: invented people, products and habits, real services."""
