"""Measurements as ratios within one run: `bin/bench`. Not part of the product, never a test."""
