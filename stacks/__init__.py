"""The stacks: each composes constructs, and owns nothing else."""
