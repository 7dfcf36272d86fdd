"""The peer: openfisca-core doing our need-and-category rule, in an environment of its own."""
