"""Fixtures of the attacks."""

from tests.contract.isolation import bubblewrap as bubblewrap
from tests.contract.isolation import control_group as control_group
