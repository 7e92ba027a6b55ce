"""Equipoise runs a clinical trial from one computable protocol: who may enter, why, and until when that holds.

    >>> import equipoise
    >>> trial = equipoise.load_trial("nelmas")
    >>> reading = equipoise.read("records/", trial)            # doctest: +SKIP
    >>> screening = equipoise.screen(trial, reading, on=date)  # doctest: +SKIP

Research software: it supports an investigator's judgement and never replaces it.
"""
