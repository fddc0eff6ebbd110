"""Turn run folders into rows, statistics, tables and figures, without importing torch."""
