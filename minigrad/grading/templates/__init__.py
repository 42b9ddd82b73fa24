"""The templates of the pages that grading writes; what is put in is taken for text, unless it is known to be safe."""

from jinja2 import Environment, PackageLoader

TEMPLATES = Environment(loader=PackageLoader("minigrad.grading"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
