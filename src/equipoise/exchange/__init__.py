"""Readers and writers: the world's files on one side, facts on the other."""
