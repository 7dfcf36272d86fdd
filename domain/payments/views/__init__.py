"""Pages of rounds, payments and expenses."""
