"""Setting up carriers: what they offer, what it costs, when they come, how they are spoken to."""
