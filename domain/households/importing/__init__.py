"""A roster that was read is compared with what is registered and written, all of it in one transaction."""
