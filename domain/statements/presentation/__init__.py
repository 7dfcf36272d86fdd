"""Words and shapes of the 調書 pages: what a figure, a state or a receipt looks like. No database here."""
