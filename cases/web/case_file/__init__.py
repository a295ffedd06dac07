"""A case on paper: what it holds, and the PDF."""
