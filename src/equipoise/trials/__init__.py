"""The trials that ship with Equipoise: folders of data, no code."""
