"""Measurements that anyone can repeat: how fast the engine is, and how right."""
