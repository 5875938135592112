"""Pages and actions of orders."""
