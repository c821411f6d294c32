"""Plans a training run."""
