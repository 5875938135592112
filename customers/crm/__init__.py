"""A customer relationship system beside ours: told what changes, and asked what it knows."""
