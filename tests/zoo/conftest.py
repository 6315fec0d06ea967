"""Fixtures of the attacks."""

from tests.contract.isolation import bubblewrap as bubblewrap
