"""The one door of a trial: record, screen, enrol, randomise, treat, report. It sequences and decides nothing."""
