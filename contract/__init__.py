"""The judge of HTTP servers: a black box that speaks raw bytes and imports nothing of what it judges."""

from contract.checking import judge
from contract.judging import Judgement, run
from contract.model import Exchange, Outcome, Rule
from contract.rules import BY_ID, RULES
from contract.server import Server

__all__ = ["BY_ID", "RULES", "Exchange", "Judgement", "Outcome", "Rule", "Server", "judge", "run"]
