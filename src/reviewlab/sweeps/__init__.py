"""Many runs under one name: slots, queue, search, resuming a sweep. Imports no torch."""
