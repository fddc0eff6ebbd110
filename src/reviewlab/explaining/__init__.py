"""Why a classifier answers as it does, and where it is wrong. No config, no run folder."""
