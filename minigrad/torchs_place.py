"""minigrad in torch's place: once `sys.modules["torch"]` is minigrad, `import torch.nn` finds `minigrad.nn`.

Python would look for `torch.nn` in minigrad's folder, and find it: a second copy, with a second Tensor class in it.
"""

import importlib
import importlib.abc
import importlib.util
import sys

PACKAGE = __name__.partition(".")[0]


class TorchsPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of `torch.…` while minigrad is called torch, and no others."""

    def find_spec(self, fullname, path, target=None):
        if not fullname.startswith("torch.") or sys.modules.get("torch") is not sys.modules[PACKAGE]:
            return None
        return importlib.util.spec_from_loader(fullname, self)

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
