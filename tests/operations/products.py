"""Products: matrices added to something, outer and inner products, einsum, covariances."""

from ops import at, family, ints, lines, positive, real

OPS, op = family()

# A tensor and a product: beta * x + alpha * (a @ b)


def three(*shapes, starts=(0, 5, 11)):
    return at(**{name: real(*shape, start=start) for name, shape, start in zip("xab", shapes, starts)})


MATRICES = [three(shape, (2, 3), (3, 4)) for shape in ((2, 4), (4,), (2, 1), ())] + [three((2, 2), (2, 0), (0, 2))]
op("torch.addmm(x, a, b)", "x.addmm(a, b)", "torch.addmm(input=x, mat1=a, mat2=b)", on=MATRICES)
op("torch.addmm(x, a, b, beta=2, alpha=0.5)", "x.addmm(a, b, beta=2, alpha=0.5)", on=MATRICES)
op("torch.addmm(x, a, b, beta=0)", on=MATRICES[:1])
op("z = x.clone(); z.addmm_(a, b); z", on=MATRICES[:1])
VECTORS = [three((2,), (2, 3), (3,)), three((), (2, 3), (3,))]
op("torch.addmv(x, a, b)", "x.addmv(a, b)", on=VECTORS)
op("torch.addmv(x, a, b, beta=2, alpha=3)", "x.addmv(a, b, beta=2, alpha=3)", on=VECTORS)
OUTER = [three((2, 3), (2,), (3,)), three((3,), (2,), (3,))]
op("torch.addr(x, a, b)", "x.addr(a, b)", on=OUTER)
op("torch.addr(x, a, b, beta=2, alpha=3)", "x.addr(a, b, beta=2, alpha=3)", on=OUTER)
BATCHES = [three(shape, (2, 2, 3), (2, 3, 4), starts=(1, 3, 9)) for shape in ((2, 4), (4,))]
op("torch.addbmm(x, a, b)", "x.addbmm(a, b)", on=BATCHES)
op("torch.addbmm(x, a, b, beta=2, alpha=3)", "x.addbmm(a, b, beta=2, alpha=3)", on=BATCHES)
op("torch.baddbmm(x, a, b)", "x.baddbmm(a, b)", on=[*BATCHES, three((2, 2, 4), (2, 2, 3), (2, 3, 4))])
op("torch.baddbmm(x, a, b, beta=2, alpha=3)", "x.baddbmm(a, b, beta=2, alpha=3)", on=BATCHES)

# Two tensors


def two(a, b):
    return at(x=real(*a), y=real(*b, start=7))


op("torch.outer(x, y)", "x.outer(y)", "torch.ger(x, y)", "x.ger(y)", "torch.outer(x, vec2=y)", on=[two((2,), (3,))])
op("torch.inner(x, y)", "x.inner(y)",
   on=[two((3,), (3,)), two((2, 3), (3,)), two((2, 3), (4, 3)), two((), (2, 3)), two((2, 3), (2, 2, 3))])  # fmt: skip
op("torch.vdot(x, y)", "x.vdot(y)", on=[two((3,), (3,))])
op("torch.kron(x, y)", "x.kron(y)", on=[two((2,), (3,)), two((2, 3), (2, 2)), two((2, 3), (2,))])
op("torch.tensordot(x, y)", "torch.tensordot(x, y, 2)", "torch.tensordot(x, y, dims=2)",
   on=[two((2, 3), (2, 3)), two((4, 2, 3), (2, 3, 2))])  # fmt: skip
op("torch.tensordot(x, y, 1)", on=[two((2, 3), (3, 2)), two((3,), (3,)), two((1, 3), (3,))])
op("torch.tensordot(x, y, 0)", on=[two((2,), (3,))])
op("torch.tensordot(x, y, ([1], [0]))", "torch.tensordot(x, y, dims=([-1], [0]))", on=[two((2, 3), (3, 2))])
op("torch.tensordot(x, y, ([0, 1], [1, 0]))", on=[two((2, 3), (3, 2)), two((2, 3, 2), (3, 2))])
op("torch.cross(x, y, dim=1)", "x.cross(y, dim=1)", on=[two((2, 3), (2, 3)), two((1, 3), (2, 3))])
op("torch.cov(x)", "x.cov()", on=[at(x=real(2, 3)), at(x=real(3))])
op("torch.cov(x, correction=0)", "x.cov(correction=0)", on=[at(x=real(2, 3))])
op("torch.cov(x, fweights=i)", on=[at(x=real(2, 3), i=ints(2, 0, 3))])
op("torch.cov(x, aweights=w)", on=[at(x=real(2, 3), w=positive(3)), at(x=real(3), w=positive(3))])
op("torch.cov(x, aweights=w, correction=0)", "x.cov(aweights=w, correction=0)", on=[at(x=real(2, 3), w=positive(3))])
op("torch.cov(x, fweights=i, aweights=w)", on=[at(x=real(2, 3), i=ints(2, 1, 3), w=positive(3))])
op("x @ y", on=[
    two((1, 3), (2, 3, 2)), two((2, 3), (2, 3, 1)), two((2, 2, 0), (0, 3)), two((2, 2, 0), (0,)), two((0, 2, 3), (3,)),
    two((0,), (2, 0, 3)), two((2, 0), (2, 0, 3)), two((2, 3), (0, 3, 2))])  # fmt: skip
op("torch.corrcoef(x)", "x.corrcoef()", on=[at(x=real(2, 3)), at(x=real(3))])

# Sums of products

for equation, shape in {
    "ij->ji": (2, 3), "ij->": (2, 3), "ij->i": (2, 3), "ij": (2, 3), "ba": (2, 3), "ii->i": (3, 3), "ii": (3, 3),
    "iij->j": (2, 2, 3), "i...->...": (2, 3), "...ij->...ji": (2, 3, 2), "ijk->kj": (2, 3, 2), "...": (2, 3),
}.items():  # fmt: skip
    op(f'torch.einsum("{equation}", x)', f'torch.einsum("{equation}", [x])', on=[at(x=real(*shape))])
for equation, a, b in (
    ("ij,jk->ik", (2, 3), (3, 2)), ("ij,jk", (2, 3), (3, 2)), ("ij,kj->ik", (2, 3), (4, 3)), ("i,i->", (3,), (3,)),
    ("i,j->ij", (2,), (3,)), ("ij,ij->ij", (2, 3), (2, 3)), ("ij,ij->i", (2, 3), (2, 3)), ("ij,j->i", (2, 3), (3,)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)), ("...ij,...jk->...ik", (2, 2, 3), (3, 2)), ("ij,kl->jl", (2, 3), (2, 2)),
    ("b...i,bi->b...", (2, 2, 3), (2, 3)), ("ij,ij->", (2, 3), (1, 3)), ("ii,i->", (3, 3), (3,)),
    ("bhid,bhjd->bhij", (1, 2, 2, 3), (1, 2, 3, 3)),
):  # fmt: skip
    op(f'torch.einsum("{equation}", x, y)', f'torch.einsum("{equation}", (x, y))', on=[two(a, b)])
op('torch.einsum("bn,anm,bm->ba", x, a, b)', on=[three((2, 3), (2, 3, 2), (2, 2))])
op('torch.einsum("i,ij,j", x, a, b)', on=[three((2,), (2, 3), (3,))])
op("torch.einsum(x, [0, 1], y, [2, 1], [0, 2])", on=[two((2, 3), (2, 3))])
op("torch.einsum(x, [0, 1], y, [1])", on=[two((2, 3), (3,))])
op("torch.einsum(x, [..., 0], [...])", on=[at(x=real(2, 3))])

EXPRESSIONS = lines("""
torch.cov(torch.ones(5), fweights=torch.ones(5, 5))
torch.cov(torch.ones(5), aweights=torch.ones(5, 5))
torch.cov(torch.ones(5), fweights=torch.ones(5))
torch.cov(torch.ones(5), fweights=torch.ones(5).bool())
torch.cov(torch.ones(5), aweights=torch.ones(5).long())
torch.cov(torch.ones(5), fweights=torch.tensor([1]))
torch.cov(torch.ones(5), aweights=torch.ones(1))
torch.cov(torch.ones(2), fweights=torch.tensor([1, -2]))
torch.cov(torch.ones(2), aweights=torch.tensor([1., -2]))
torch.cov(torch.ones(2), fweights=torch.tensor([0, 0]))
torch.cov(torch.ones(2, 0), fweights=torch.ones(0).long())
torch.cov(torch.ones(2), fweights=[1, 2])
torch.cov(torch.tensor(3.0), fweights=torch.tensor(4))
torch.cov(torch.arange(6).reshape(2, 3), aweights=torch.tensor([1., 2, 3]).double())
torch.cov(torch.ones(2, 3).half(), aweights=torch.tensor([1., 2, 3]))
torch.einsum("ij,jk", torch.ones(0, 0), torch.ones(0, 0))
torch.einsum("ij,jk", torch.ones(2, 3), torch.ones(3, 0))
torch.einsum("bhid,bhjd->bhij", torch.ones(1, 2, 0, 3), torch.ones(1, 2, 4, 3))
torch.einsum("ij,jk,kl->il", torch.ones(2, 3), torch.ones(3, 0), torch.ones(0, 4))
torch.trapezoid(torch.ones(3), torch.ones(2, 3))
torch.trapezoid(torch.ones(2, 2), torch.tensor(1.0))
torch.trapezoid(torch.ones(3), torch.tensor(1.0))
torch.trapezoid(torch.ones(2, 0), torch.ones(3)).tolist()
torch.trapezoid(torch.arange(12.).reshape(2, 2, 3), torch.tensor([[0., 1, 3], [0, 2, 3]]))
torch.cumulative_trapezoid(torch.ones(3), torch.arange(6.).reshape(2, 3))
torch.tensordot(torch.ones(2, 3).byte(), torch.ones(1, 2).byte(), ([1], [0]))
torch.nn.functional.bilinear(torch.ones(0, 3), torch.ones(0, 4), torch.ones(5, 3, 4)).shape
torch.einsum("ij,jk->ik",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.einsum("ij,jk",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.einsum("ij,jk->ik",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.einsum("ij,kj->ik",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->ik",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->ii",torch.arange(6.0).reshape(2, 3))
torch.einsum("ijk->i",torch.arange(6.0).reshape(2, 3))
torch.einsum("i->i",torch.arange(6.0).reshape(2, 3))
torch.einsum("i...->...",torch.arange(6.0).reshape(2, 3))
torch.einsum("...->...",torch.arange(6.0).reshape(2, 3))
torch.einsum("...",torch.arange(6.0).reshape(2, 3))
torch.einsum("ii->i",torch.arange(6.0).reshape(2, 3))
torch.einsum("",torch.tensor(1.))
torch.einsum("->",torch.tensor(1.))
torch.einsum(",->",torch.tensor(2.),torch.tensor(3.))
torch.einsum("i1->i",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->j.", torch.ones(2, 3))
torch.einsum("..ij->ij",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->...",torch.arange(6.0).reshape(2, 3))
torch.einsum("i...j...->ij",torch.arange(6.0).reshape(2, 3))
torch.einsum("ba",torch.arange(6.0).reshape(2, 3))
torch.einsum("Aa->aA",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij,ij->",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.einsum("ij,ij",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.einsum("ij,j->ij",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.einsum("...i,...i->...",torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.einsum("...ij,...j->...i",torch.arange(6.0).reshape(2, 3)[None],torch.arange(6.0).reshape(2, 3))
torch.einsum("b...i,bi->b...",torch.arange(6.0).reshape(2, 3)[:,None],torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->i",[torch.arange(6.0).reshape(2, 3)])
torch.einsum("ij,jk->ik",[torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t()])
torch.einsum(torch.arange(6.0).reshape(2, 3),[0,1])
torch.einsum(torch.arange(6.0).reshape(2, 3),[0,1],[1,0])
torch.einsum(torch.arange(6.0).reshape(2, 3),[0,1],torch.arange(6.0).reshape(2, 3),[2,1],[0,2])
torch.einsum(torch.arange(6.0).reshape(2, 3),[...,1],[...])
torch.einsum(torch.arange(6.0).reshape(2, 3),[0,60])
torch.einsum("ij")
torch.einsum()
torch.einsum("ij,jk->ik",torch.arange(6).reshape(2, 3),torch.arange(6).reshape(2, 3).t())
torch.einsum("ij,jk->ik",torch.arange(6).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.einsum("i,torch.tensor([[0, 1, 0]])->i",torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[:,0])
torch.einsum("ij->iij",torch.arange(6.0).reshape(2, 3))
torch.einsum("iij->ij",torch.arange(6.0).reshape(2, 3)[None])
torch.einsum("ij,ik->ijk",torch.arange(6.0).reshape(2, 3)[:1],torch.arange(6.0).reshape(2, 3))
torch.einsum("ij-ik",torch.arange(6.0).reshape(2, 3))
torch.einsum("ij->j>",torch.arange(6.0).reshape(2, 3))
torch.einsum("iij,jk->k",torch.ones(2,2,3),torch.ones(3,4))
torch.einsum("bhid,bhjd->bhij",torch.ones(1,2,3,4),torch.ones(1,2,5,4)).shape
torch.einsum("a,a->",torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0])
torch.einsum("bn,anm,bm->ba",torch.arange(6.0).reshape(2, 3),torch.ones(5,3,3),torch.arange(6.0).reshape(2, 3))
torch.addmm(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.addmm(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmm(torch.tensor([1.,2.]),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmm(1,torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmm(torch.arange(6).reshape(2, 3)[:,:2],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmm(torch.arange(6).reshape(2, 3)[:,:2],torch.arange(6).reshape(2, 3),torch.arange(6).reshape(2, 3).t())
torch.addmm(torch.tensor(1.),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmm(torch.arange(6.0).reshape(2, 3)[:,:2],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addmm(torch.arange(6.0).reshape(2, 3)[None],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3).t())
torch.addmv(torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addmv(torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[:,0])
torch.addmv(torch.tensor(1.),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addmv(torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3),torch.arange(6).reshape(2, 3)[0])
torch.addmv(torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0])
torch.addmv(torch.arange(6).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addmv(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addr(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3)[0])
torch.addr(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0])
torch.addr(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.addr(torch.arange(6).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[:,0],torch.arange(6.0).reshape(2, 3)[0])
torch.addr(torch.arange(6).reshape(2, 3),torch.arange(6).reshape(2, 3)[:,0],torch.arange(6).reshape(2, 3)[0],alpha=.5)
torch.outer(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.outer(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3))
torch.outer(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6).reshape(2, 3)[0])
torch.ger(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0])
torch.inner(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[:,:2])
torch.inner(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0,:2])
torch.inner(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.inner(torch.arange(6.0).reshape(2, 3),torch.arange(6).reshape(2, 3))
torch.vdot(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3)[0])
torch.vdot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3)[0])
torch.vdot(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6).reshape(2, 3)[0])
torch.kron(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.kron(torch.arange(6.0).reshape(2, 3)[0],torch.arange(6.0).reshape(2, 3))
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),2)
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),1)
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),3)
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),0).shape
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),([0],[1]))
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),([0,1],[0]))
torch.tensordot(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),-1)
torch.cross(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),dim=1)
torch.cross(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.cross(torch.arange(6.0).reshape(2, 3),torch.arange(6.0).reshape(2, 3),dim=0)
torch.cov(torch.arange(6.0).reshape(2, 3))
torch.cov(torch.arange(6.0).reshape(2, 3)[0])
torch.corrcoef(torch.arange(6.0).reshape(2, 3))
torch.cov(torch.arange(6.0).reshape(2, 3),correction=0)
torch.cov(torch.arange(6).reshape(2, 3))
torch.cov(torch.arange(6.0).reshape(2, 3)[None])
""")

DIFFERENT = {
    ("value", f"torch.cov(x, {weights}aweights=w)"): "PyTorch's node for a C++ number has another number"
    for weights in ("", "fweights=i, ")
}
