"""A learner at a screen of usual size, who has a mouse and a keyboard, and sees what the page shows."""

from jupyters import READY, keep_picture, playwright

SCREEN = {"width": 1366, "height": 768}
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
IN_FRONT = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    return {
        path: panel.context.path,
        active: panel.content.activeCellIndex,
        cells: panel.content.widgets.map(cell => ({
            kind: cell.model.type,
            name: cell.model.getMetadata('nbgrader')?.grade_id ?? '',
            source: cell.model.sharedModel.source,
        })),
    };
}"""
# From the moment of the key press on, a cell is running until it has a number.
HAS_RUN = """index => {
    const cell = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
    return cell.type !== 'code' || cell.executionCount !== null && cell.executionState !== 'running';
}"""
IS_OPEN = "path => window.jupyterapp.shell.currentWidget?.context?.path === path"
IS_SAVED = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
PRINTED = "[data-mime-type='application/vnd.jupyter.stdout'] pre, [data-mime-type='text/plain'] pre"
TELLS = ("   You predicted", "   (You had chosen")
expect = playwright.expect


class Learner:
    """What a learner does in JupyterLab with the notebook in front, and sees of it."""

    def __init__(self, browser, address):
        """Open the address that `minigrad lab` prints."""
        self.complaints = []  # what the page says to the console is wrong
        self.page = browser.new_page(viewport=SCREEN)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        self.page.goto(f"{address}/?token=secret")
        self.page.wait_for_function("() => window.jupyterapp !== undefined")
        self.page.evaluate(READY)

    @property
    def path(self):
        return self.page.evaluate(IN_FRONT)["path"]

    @property
    def active(self):
        """The place of the cell that the next key press is for."""
        return self.page.evaluate(IN_FRONT)["active"]

    @property
    def cells(self):
        return self.page.evaluate(IN_FRONT)["cells"]

    def place(self, name):
        """The place of the cell that nbgrader knows by this name."""
        return [cell["name"] for cell in self.cells].index(name)

    def cell(self, place):
        return self.page.locator(f"{PANEL} .jp-Notebook-cell").nth(place)

    def printed(self, place):
        """The text that a cell shows below it, without cards and pictures."""
        return "\n".join(self.cell(place).locator(PRINTED).all_text_contents())

    def run(self, keys="Shift+Enter"):
        """Run the active cell; its place."""
        place = self.active
        self.page.keyboard.press(keys)
        self.page.wait_for_function(HAS_RUN, arg=place)
        return place

    def write(self, place, source):
        """Put other code into a cell."""
        self.cell(place).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        assert self.cells[place]["source"] == source

    def answer(self, name, source):
        """Write an answer, run it, and run the check below it as the notebook says; the place of the check."""
        self.write(self.place(f"{name}answer"), source)
        self.run()
        return self.run("Control+Enter")

    def type_below(self, place, source):
        """Type code into a new cell below this one; the new place."""
        self.cell(place).click(position={"x": 20, "y": 5})
        self.page.locator(f"{PANEL} [data-jp-item-name=insert]").click()
        self.cell(place + 1).locator(".cm-content").click()
        self.page.keyboard.type(source)
        return place + 1

    def follow(self, link, to):
        """Click a link in the text, which opens another notebook."""
        self.page.locator(f"{PANEL} .jp-RenderedMarkdown a", has_text=link).last.click()
        self.page.wait_for_function(IS_OPEN, arg=to)
        self.page.evaluate(READY)

    def save(self):
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function(IS_SAVED)

    def keep_picture(self, name):
        keep_picture(self.page, name)

    def leave(self):
        self.page.close()


def stored_text(cell):
    """The text that is stored for a cell of the course, without what is shown as a picture or a card."""
    return "\n".join(
        output.text if "text" in output else output.data["text/plain"]
        for output in cell.get("outputs", ()) if "text/html" not in output.get("data", {})
    )


def shown_lines(text):
    """Without empty lines, and without what depends on what was predicted."""
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith(TELLS)]
