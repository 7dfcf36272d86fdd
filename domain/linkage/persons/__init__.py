"""People as 統合宛名 knows them: one state machine, what must be told there, and what a page says about it."""
