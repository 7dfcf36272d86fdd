"""Reads of rounds, payments and expenses, within the schools a person may see."""
