"""Sends the same bytes to several servers and shows where their responses differ."""
