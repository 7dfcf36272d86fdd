"""月次点検: a month's records in figures, the manager's finding, and the signed page."""
