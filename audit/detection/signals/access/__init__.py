"""Whose records are opened, how many, and why."""
