"""What the monitoring jobs share: due windows, judged windows, their history and publication."""
