"""Purchase orders of known truth in many layouts, and how well we read them."""
