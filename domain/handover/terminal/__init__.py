"""Work sheets: what is keyed into the other side's terminal, and what two people read there."""
