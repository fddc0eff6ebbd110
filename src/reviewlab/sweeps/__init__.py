"""Many runs with one name: slots, queue, what goes on after an interruption. Imports no torch."""
