"""学校 of the prefecture: registered one by one, from a list, or with the prefecture itself; renamed and closed, never deleted."""
