"""Check the promises of the leaderboard on tables drawn from real trainings."""
