"""Judge runs from elsewhere: a table with one row per run, or an Optuna study, as a leaderboard."""
