"""Puts data sources and dashboards into a Grafana workspace."""
