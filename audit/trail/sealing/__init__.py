"""Sealing the trail: Merkle batches under signed heads, one chain for each scope, and what is given out of them.

Hashing and the form of a head stand in ``audit.trail.audit_verify``, the file that tenants get: there is one definition of both.
"""
