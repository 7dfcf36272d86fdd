"""Real PostgreSQL and Valkey servers from their wheels, for demonstration and tests (never for production)."""
