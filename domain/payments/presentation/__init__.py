"""Words and shapes of the 支給 pages: what a receipt, a difference or a state looks like. No database here."""
