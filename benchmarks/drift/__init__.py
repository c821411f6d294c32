"""Planted drift: which rule finds shifts of known size, and which cries wolf without one."""
