"""Contacts in and out: CSV, XLSX and vCard 3.0 and 4.0."""
