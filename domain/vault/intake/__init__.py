"""A sealed file of individual numbers: opened, checked line by line, sealed into the vault, and removed."""
