"""What the pages about several stages read. Nothing here writes."""
