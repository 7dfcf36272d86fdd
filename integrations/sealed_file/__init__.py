"""A sealed file: authenticated encryption for what must not lie about in the clear."""
