"""How carriers' systems are spoken to: book, label, cancel, track; by hand, by file, by HTTP."""
