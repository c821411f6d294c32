"""Tidewatch: a production ML platform that lives in your own AWS account."""
