"""Reads of 調書 for pages, within the schools a person may see."""
