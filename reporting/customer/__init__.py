"""One customer, over all stages."""
