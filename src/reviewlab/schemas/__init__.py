"""JSON schemas of the yaml files in `conf/`, for completion and checks in an editor."""
