"""The decisions of a version's life: when to train, how to release, whether to retrain."""
