"""Transports: how opaque bytes reach the other side and come back."""
