"""漏えい等事案: what a grave verdict begins, and its two reports."""
