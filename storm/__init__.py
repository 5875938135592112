"""Storms: many processes at work on few documents, with the control that breaks on purpose."""
