"""Staff accounts: people, roles, log-in with mandatory one-time password, sessions, and the guard in front of every page."""
