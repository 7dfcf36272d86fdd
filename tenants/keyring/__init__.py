"""The key ring: wrapped keys of one scope (a prefecture, or the console)."""
