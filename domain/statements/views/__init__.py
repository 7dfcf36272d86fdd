"""Pages of the 調書. Each view is thin: look, ask a service, show."""
