"""One module for each lesson, `exNN_topic.py`; each holds a list `EXERCISES`, in the order of the lesson."""
