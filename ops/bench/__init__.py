"""`make bench`: the product's figures of speed, measured; ratios against a peer in the same run (docs/benchmarks.md)."""
