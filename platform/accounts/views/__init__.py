"""Pages of this room. Thin: they read the form, call one service, and answer."""
