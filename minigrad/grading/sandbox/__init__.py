"""Where a student's code runs: a process of its own, with nothing in reach but Python and an empty folder."""
