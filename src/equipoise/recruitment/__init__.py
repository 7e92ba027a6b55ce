"""Whether the trial can recruit: who is lost where, whom to look at today, and when the last patient will be in."""
