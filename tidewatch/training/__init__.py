"""The training containers: data preparation, trials, evaluation, registration."""
