"""What a stage costs a month: prices, and what of it each stack uses."""
