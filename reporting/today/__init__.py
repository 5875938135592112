"""The worklists of the first page: what waits for whom, why, and what to do about it."""
