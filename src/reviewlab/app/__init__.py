"""The edge: where configs become objects, and where what went wrong becomes a sentence."""
