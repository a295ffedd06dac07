"""What the first rules find on public sets: each replayed into a database of its own, measured by its truth."""
