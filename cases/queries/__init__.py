"""Reads that screens need: plain functions that return small frozen records, with a constant number of statements."""
