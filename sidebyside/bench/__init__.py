"""Measure how fast raw_router is beside other servers, and how routing time grows with the number of routes."""
