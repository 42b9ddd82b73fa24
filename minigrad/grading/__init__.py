"""Grading of nbgrader's assignments: students' code runs in a sandbox, and the marks are decided outside of it."""
