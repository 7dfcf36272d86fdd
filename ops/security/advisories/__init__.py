"""Known weaknesses of the locked versions, from a set of OSV advisories that somebody carried in: nothing is asked over a network."""
