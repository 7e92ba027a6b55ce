"""Virtual people, drawn by chance from a trial's assumptions: never anybody's records."""
