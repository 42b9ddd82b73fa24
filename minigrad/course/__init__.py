"""The learner's side of the course: exercises, checks, hints, progress."""
