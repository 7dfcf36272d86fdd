"""Parsers and writers of the other side: JSON, delimited, fixed width in bytes; written from docs/adapters.md §Wire alone."""
