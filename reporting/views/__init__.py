"""Pages about several stages: they only read."""
