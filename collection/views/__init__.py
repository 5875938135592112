"""Pages of the collection stage."""
