"""What people read: verdicts and protocols as text for a terminal and as a page that prints."""
