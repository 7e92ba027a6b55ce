"""The conduct of a trial: allocation, visits, doses, safety, flow, deviations."""
