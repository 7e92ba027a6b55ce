"""From truths to a verdict: who may enter, what is missing, and until when that holds."""
