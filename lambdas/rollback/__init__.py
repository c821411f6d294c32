"""Plans a rollback."""
