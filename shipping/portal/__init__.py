"""A customer's own pages about shipments."""
