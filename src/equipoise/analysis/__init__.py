"""The comparison: endpoints, survival on plain arrays, design, monitoring."""
