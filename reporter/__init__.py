"""Official statistics to a briefing that reads like a news article, every figure bound to its source."""
