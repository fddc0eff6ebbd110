"""From run folders to rows, statistics, tables and figures. Imports without torch."""
