"""The ways to call what the tables compute: as a function, as a method, with numbers, dimensions and options."""
