"""The constructs: each owns its resources and the permissions they need."""
