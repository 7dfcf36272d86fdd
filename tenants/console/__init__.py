"""The operator's console: onboarding, adapter configuration, health. Never a person's data."""
