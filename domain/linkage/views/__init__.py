"""Pages of the link."""
