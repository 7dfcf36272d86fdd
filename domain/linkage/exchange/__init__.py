"""Sending batches to 統合宛名 and taking in what comes back. Every step may be cut off and started again."""
