"""Roles, factors and leavers."""
