"""The contract against each implementation on each server."""
