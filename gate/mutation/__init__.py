"""The gate tested on itself: faults planted into our own templates, each of which it must find."""
