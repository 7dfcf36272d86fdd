"""Measurements that need a prefecture in a database: on PostgreSQL of the bench's own, made for the run and deleted after it."""
