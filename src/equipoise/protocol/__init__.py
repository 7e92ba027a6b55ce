"""A trial as data: its words, criteria and texts, read from a folder and checked as a whole."""
