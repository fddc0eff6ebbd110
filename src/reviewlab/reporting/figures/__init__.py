"""The figures of a leaderboard, for a screen, a paper or a lecture."""
