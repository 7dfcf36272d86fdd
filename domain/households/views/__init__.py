"""Pages of imports and households."""
