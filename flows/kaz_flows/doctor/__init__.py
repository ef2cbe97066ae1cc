"""Is this machine fit for the work, and if not, what should its operator do?"""

from kaz_flows.doctor.examination import examine
from kaz_flows.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
