"""Reads HL7 FHIR R4: bundles, single resources, folders and bulk exports become facts."""

from .reader import facts_from_resources, read_fhir

__all__ = ["facts_from_resources", "read_fhir"]
