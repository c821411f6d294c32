"""What the engine is measured against: one program a peer, run in the peer's own environment.

They import nothing of this project but each other, and write what they found as JSON.
"""
