"""全銀 総合振込: the 120-byte transfer file that a prefecture hands to its bank."""
