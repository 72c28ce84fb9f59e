"""The accountant: every figure of a run, computed again from its facts and from nothing else."""
