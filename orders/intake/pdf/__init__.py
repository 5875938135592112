"""Purchase orders as PDF: words with their places, tables, labels, and proof by arithmetic.

    sandbox -> extract (a process of its own) -> pages -> grids, labels -> lines -> layout

There is no recognition of pictures: a scan has no words, and is given back with a finding.
"""
