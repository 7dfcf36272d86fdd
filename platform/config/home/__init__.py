"""The first page of a prefecture's people: where the year stands, what waits for them, what is stuck."""
