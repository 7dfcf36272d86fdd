"""記録の保全: what stands guard over the records, and what is given out of them."""
