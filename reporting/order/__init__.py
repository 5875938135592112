"""What the page of one order tells, from the rows that were read."""
