"""How much people take out of the system in a day: what is usual for a role, and how rare a day is beside it."""
