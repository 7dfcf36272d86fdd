"""Rules that look through the trail: one module a rule, grouped by subject. `audit.detection.sweeping` asks them."""
