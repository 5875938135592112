"""Files of the warehouse: every row's problems are listed, good rows written."""
