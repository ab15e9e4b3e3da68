"""One part of a briefing per module: `NEEDS`, and `build(snapshot)` that computes and names what a template says."""
