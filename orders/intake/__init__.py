"""Orders that come as files: read, judged, and placed or given to a person.

    formats -> readers (csv, xlsx, json) -> tables -> matching -> services

Reading touches no database; matching asks for customers, products and prices in sets;
services keep the document and place the order in one step per document.
"""
