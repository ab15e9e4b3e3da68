"""What has to be right for an edition to be made and to arrive, looked at before it is needed.

A check answers with findings; none changes anything. What must be mended is a fault; what may be as it should, but
cannot be told from here, or is merely unwise, is a warning. Each says what to do.
"""

from reporter.doctor.findings import Finding, Level, fault, good, warning

__all__ = ["Finding", "Level", "fault", "good", "warning"]
