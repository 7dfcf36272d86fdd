"""Pages of the medium and of the work sheets."""
