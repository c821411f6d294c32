"""The gate: what has to hold of a cloud assembly before anybody deploys it.

It reads templates as AWS would see them, with every expression resolved, and never needs an
account. Nothing imports this package but its own command and its tests.
"""
