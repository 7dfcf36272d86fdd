"""Pages of the operator's console. None of them enters a prefecture: they show what schema public holds."""
