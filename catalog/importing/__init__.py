"""Products and prices from CSV and XLSX: every row's problems are listed, good rows written."""
