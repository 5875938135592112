"""What is known about customers' credit: for the guidelines, for lists, and for pages."""
