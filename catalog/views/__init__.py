"""Pages about products, prices and what is agreed about them."""
