"""Other people's scanners, each run off line, each of its results made a finding."""
