"""Customers from CSV and XLSX: every row's problems are listed, good customers written."""
