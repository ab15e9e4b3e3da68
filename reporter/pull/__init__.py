"""Pulling: what to ask for, asking, reading, and writing what is new in one transaction."""

from reporter.pull.ask import Client, Fetched, Progress
from reporter.pull.plan import Channels, Plan, plan
from reporter.pull.run import Fault, Report, run

__all__ = ["Channels", "Client", "Fault", "Fetched", "Plan", "Progress", "Report", "plan", "run"]
