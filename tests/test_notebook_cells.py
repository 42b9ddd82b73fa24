"""What must hold from one cell of a notebook to the next, where each cell runs in a context of its own."""

import nbformat
from nbclient import NotebookClient

CELLS = [
    """
import minigrad as torch
x = torch.ones(2, requires_grad=True)
_ = torch.set_grad_enabled(False)
""",
    "print(torch.is_grad_enabled(), (x * 2).requires_grad)",
    """
_ = torch.set_grad_enabled(True)
with torch.no_grad():
    torch.set_grad_enabled(False)
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
torch.set_printoptions(precision=2)
""",
    "print(torch.is_grad_enabled(), (x * 2).requires_grad, torch.rand(1))",
    """
handle = x.register_hook(lambda grad: print("in the cell that runs backward:", grad))
loss = (x / 0).log().sum()
""",
    "loss.backward()",
]


def test_modes_stay_as_they_were_set_and_hooks_print_where_they_run():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    printed = ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]
    assert printed[1] == "False False\n"
    assert printed[3] == "True True tensor([0.97])\n"
    assert printed[4] == ""
    assert printed[5].startswith("in the cell that runs backward: tensor([")
