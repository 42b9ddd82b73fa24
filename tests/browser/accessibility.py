"""What axe-core has to say of a page, for tests in a real browser."""

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations", "incomplete"],
}
# How the parts begin whose contrast axe-core cannot judge.
SIGNS = ("<text ", "<span aria-label=", '<span role="img" aria-label=', '<span aria-hidden="true">')


def found(page):
    """The violations, and what axe-core cannot judge.

    Of the latter, without what it never can: the contrast of a tick or a cross, and of letters in front of a drawn
    box (test_viz.py has the colours of pictures).
    """
    response = axe.Axe().run(page, options=RULES).response
    violations, unclear = ([(rule["id"], node) for rule in response[kind] for node in rule["nodes"]]
                           for kind in ("violations", "incomplete"))
    unclear = [(rule, node) for rule, node in unclear if rule != "color-contrast" or not node["html"].startswith(SIGNS)]
    return [[(rule, node["html"]) for rule, node in nodes] for nodes in (violations, unclear)]
