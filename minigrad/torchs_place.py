"""minigrad in torch's place: once `sys.modules["torch"]` is minigrad, `import torch.nn` finds `minigrad.nn`.

Python would look for `torch.nn` in minigrad's folder, and find it: a second copy, with a second Tensor class in it.
"""

import importlib
import sys
from importlib.machinery import ModuleSpec

PACKAGE = __name__.partition(".")[0]


class TorchsPlace:
    """Answers imports of `torch.…` while minigrad is called torch, and no others: a finder and its own loader."""

    def find_spec(self, fullname, path, target=None):
        if not fullname.startswith("torch.") or sys.modules.get("torch") is not sys.modules[PACKAGE]:
            return None
        return ModuleSpec(fullname, self)

    def create_module(self, spec):
        return None  # an empty one, until `exec_module` puts ours in its place

    def exec_module(self, module):
        ours = PACKAGE + module.__name__.removeprefix("torch")
        try:
            sys.modules[module.__name__] = importlib.import_module(ours)
        except ModuleNotFoundError as error:
            if error.name != ours:
                raise
            raise ModuleNotFoundError(f"minigrad has no module {module.__name__}", name=module.__name__) from None
        # The modules in it too: were `torch.autograd.gradcheck` loaded again, Python would put it in the place of the
        # function of that name.
        for name in [name for name in sys.modules if name.startswith(ours + ".")]:
            sys.modules.setdefault("torch" + name.removeprefix(PACKAGE), sys.modules[name])


sys.meta_path.insert(0, TorchsPlace())
