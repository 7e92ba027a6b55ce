"""A running trial on a day: how far it is, when looks and events are to be expected, and what the data say so far."""
