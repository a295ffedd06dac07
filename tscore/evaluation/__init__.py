"""What the first rules find on public sets: each set replayed into a database of its own, measured against its truth."""
