"""Design system of the pages, and the plain helpers for dates, text and amounts that people type."""
