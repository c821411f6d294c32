"""`make bench`: the engine's speed and memory, beside what else one could use."""
