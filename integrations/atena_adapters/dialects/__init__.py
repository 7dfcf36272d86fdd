"""Dialects: how canonical rows become bytes and come back."""
