"""The design of a two-arm trial with times to an event: how many people, how long, with which power, when to look."""
