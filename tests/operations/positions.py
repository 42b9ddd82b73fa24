"""Elements by position: gather and scatter, index_select and its kin, take and put, masks."""

import numpy as np
from ops import at, bools, family, ints, kink, lines, real

OPS, op = family()

# One coordinate looked up

WHERE = ints([0, 1, 2, 0])
LOOKED_UP = [at(x=real(3, 4), i=WHERE), at(x=real(3, 4), i=ints([2, 0], [2, 2])), at(x=real(2), i=ints(1, 0, 1)),
             at(x=real(), i=np.array(0)), at(x=real(), i=ints(0, 0)), at(x=real(2, 3), i=np.zeros((0, 3), int))]
op("torch.gather(x, 0, i)", "x.gather(0, i)", "x.gather(dim=0, index=i)", on=LOOKED_UP)
op("x.gather(-1, i)", "torch.gather(input=x, dim=-1, index=i)",
   on=[at(x=real(2, 3), i=ints([0, 0, 2, 1], [1, 1, 1, 1])), at(x=real(2, 2, 3), i=ints([[2], [0]], [[1], [1]]))])
op("torch.take_along_dim(x, i, 1)", "x.take_along_dim(i, dim=1)",
   on=[at(x=real(2, 3), i=ints([2, 0], [1, 1])), at(x=real(2, 3), i=ints([2, 0])), at(x=real(1, 3), i=ints([2], [0]))])
op("torch.take_along_dim(x, i)", "x.take_along_dim(i)", on=[at(x=real(2, 3), i=ints(5, 0, 5))])

SCATTERED = [at(x=real(3, 4), i=WHERE, y=real(1, 4, start=7)), at(x=real(3), i=ints(2, 0), y=real(2, start=7)),
             at(x=real(), i=np.array(0), y=real(start=7)), at(x=real(2), i=np.zeros(0, int), y=real(0))]  # fmt: skip
REPEATED = [*SCATTERED, at(x=real(3), i=ints(2, 0, 2), y=real(3, start=7)),
            at(x=real(2, 2), i=ints([0, 0], [0, 1]), y=real(2, 2, start=7))]  # fmt: skip
op("torch.scatter(x, 0, i, y)", "x.scatter(0, i, y)", "x.scatter(0, i, src=y)", "x.scatter(dim=0, index=i, src=y)",
   on=SCATTERED)  # fmt: skip
op("torch.scatter(x, 0, i, 1.5)", "x.scatter(0, i, 1.5)", "x.scatter(0, i, value=1.5)",
   on=[at(x=real(3, 4), i=WHERE), at(x=real(), i=np.array(0))])  # fmt: skip
op("x.scatter(1, i, 2)", on=[at(x=real(2, 3), i=ints([0, 0], [2, 1]))])
op('x.scatter(0, i, y, reduce="add")', on=REPEATED[:2])
op('x.scatter(0, i, 2.0, reduce="multiply")', on=[at(x=real(3, 4), i=WHERE)])
op("torch.scatter_add(x, 0, i, y)", "x.scatter_add(0, i, y)", "x.scatter_add(0, index=i, src=y)", on=REPEATED)
op("z = x.clone(); z.scatter_(0, i, y); z", "x.clone().scatter_(0, i, src=y)", on=SCATTERED)
op("x.clone().scatter_(0, i, 1.5)", on=[at(x=real(3, 4), i=WHERE)])
op("x.clone().scatter_add_(0, i, y)", on=REPEATED)
for reduce in ("sum", "prod", "mean", "amax", "amin"):
    for include in ("", ", include_self=False"):
        op(f'torch.scatter_reduce(x, 0, i, y, "{reduce}"{include})',
           f'x.scatter_reduce(0, i, y, reduce="{reduce}"{include})',
           on=REPEATED[:1] + REPEATED[4:])  # fmt: skip
op('x.clone().scatter_reduce_(0, i, y, "sum")', on=REPEATED[4:])

# Whole slices

VECTOR = ints(2, 0, 2)
op("torch.index_select(x, 0, i)", "x.index_select(0, i)", "x.index_select(dim=0, index=i)",
   on=[at(x=real(3, 2), i=VECTOR), at(x=real(3), i=VECTOR), at(x=real(3, 2), i=np.array(1)), at(x=real(), i=ints(0)),
       at(x=real(3, 2), i=np.zeros(0, int))])  # fmt: skip
op("x.index_select(-1, i)", on=[at(x=real(2, 3), i=VECTOR)])
SLICES = [at(x=real(3, 2), i=VECTOR, y=real(3, 2, start=7)), at(x=real(4), i=VECTOR, y=real(3, start=7))]
op("torch.index_add(x, 0, i, y)", "x.index_add(0, i, y)", "x.index_add(dim=0, index=i, source=y)",
   on=[*SLICES, at(x=real(), i=ints(0), y=real(start=7)), at(x=real(2, 2), i=np.array(1), y=real(1, 2, start=7))])
op("torch.index_add(x, 0, i, y, alpha=2)", "x.index_add(0, i, y, alpha=2)", on=SLICES)
op("x.clone().index_add_(0, i, y)", on=SLICES)
for reduce in ("prod", "mean", "amax", "amin"):
    for include in ("", ", include_self=False"):
        op(f'torch.index_reduce(x, 0, i, y, "{reduce}"{include})',
           f'x.index_reduce(dim=0, index=i, source=y, reduce="{reduce}"{include})',
           on=[*SLICES, kink(x=[2.0, 0.0, 3.0], i=[0, 0, 2], y=[2.0, 0.0, 3.0]),
               at(x=real(), i=np.array(0), y=real(start=7)), kink(x=[1.0, -1.0], i=[0, 0], y=[0.0, 0.5])])  # fmt: skip
        op(f'torch.scatter_reduce(x, 0, i, y, "{reduce}"{include})',
           on=[kink(x=[1.0, 0.0, 3.0], i=[0, 0, 2], y=[0.0, 1.0, 3.0])])
op('x.clone().index_reduce_(0, i, y, "amax")', on=SLICES)
COPIED = [at(x=real(3, 2), i=ints(2, 0), y=real(2, 2, start=7)), at(x=real(4), i=ints(3), y=real(1, start=7))]
op("torch.index_copy(x, 0, i, y)", "x.index_copy(0, i, y)", "x.index_copy(0, index=i, source=y)", on=COPIED)
op("x.clone().index_copy_(0, i, y)", on=COPIED)
op("torch.index_fill(x, 0, i, 1.5)", "x.index_fill(0, i, 1.5)", "x.index_fill(dim=0, index=i, value=1.5)",
   on=[at(x=real(3, 2), i=VECTOR), at(x=real(3, 2), i=ints(-1)), at(x=real(3, 2), i=np.array(1))])  # fmt: skip
op("torch.index_fill(x, 1, i, y)", "x.index_fill(1, i, y)", on=[at(x=real(2, 3), i=ints(0, 2), y=real(start=7))])
op("x.clone().index_fill_(0, i, 1.5)", on=[at(x=real(3, 2), i=VECTOR)])

# All elements counted

op("torch.put(x, i, y)", "x.put(i, y)", on=[at(x=real(2, 3), i=ints(5, -6), y=real(2, start=7))])
op("torch.put(x, i, y, accumulate=True)", "x.put(i, y, True)",
   on=[at(x=real(2, 3), i=ints(5, 0, 5), y=real(3, start=7)),
       at(x=real(2, 2), i=ints([0], [3]), y=real(1, 2, start=7))])  # fmt: skip
op("x.clone().put_(i, y)", on=[at(x=real(2, 3), i=ints(5, 0), y=real(2, start=7))])

# Index tensors, as in x[i, j]

op("x.index_put((i,), y)", "torch.index_put(x, (i,), y)", "x.index_put(indices=[i], values=y)",
   on=[at(x=real(3, 2), i=ints(2, 0), y=real(2, 2, start=7)), at(x=real(3, 2), i=ints(2, 0), y=real(start=7)),
       at(x=real(3, 2), i=bools(True, False, True), y=real(2, start=7))])  # fmt: skip
op("x.index_put((i, j), y, accumulate=True)",
   on=[at(x=real(3, 2), i=ints(2, 2, 0), j=ints(1, 1, 0), y=real(3, start=7)),
       at(x=real(3, 2), i=ints([2], [0]), j=ints(1, 1), y=real(2, start=7))])  # fmt: skip
op("x.clone().index_put_((i,), y)", on=[at(x=real(3, 2), i=ints(2, 0), y=real(2, 2, start=7))])
op("z = x.clone(); z[i] += y; z", on=[at(x=real(3, 2), i=ints(2, 0), y=real(2, 2, start=7))])
op("z = x.clone(); z[c] = y; z", on=[at(x=real(2, 2), c=bools([True, False], [True, True]), y=real(3, start=7)),
                                     at(x=real(2, 2), c=bools([True, False], [True, True]), y=real(start=7))])

# Masks

MASKED = [at(x=real(2, 3), c=bools([True, False, True], [False, False, True])),
          at(x=real(2, 3), c=bools(True, False, True)),
          at(x=real(3), c=bools([True], [False])), at(x=real(), c=np.array(True))]  # fmt: skip
op("torch.masked_fill(x, c, 0.5)", "x.masked_fill(c, 0.5)", "x.masked_fill(mask=c, value=0.5)", on=MASKED)
op("torch.masked_fill(x, c, y)", "x.masked_fill(c, y)",
   on=[at(**sample.inputs, y=real(start=7)) for sample in MASKED])  # fmt: skip
op("torch.masked_select(x, c)", "x.masked_select(c)", "x.masked_select(mask=c)", on=MASKED)
op("torch.masked_scatter(x, c, y)", "x.masked_scatter(c, y)", "x.masked_scatter(mask=c, source=y)",
   on=[at(**sample.inputs, y=real(8, start=7)) for sample in MASKED])  # fmt: skip
op("x.clone().masked_fill_(c, y)", on=[at(**MASKED[0].inputs, y=real(start=7))])
op("x.clone().masked_scatter_(c, y)", on=[at(**MASKED[0].inputs, y=real(8, start=7))])

EXPRESSIONS = lines("""
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([[0,5,0]]))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([[0,-1,0]]))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([0,1]))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([[0, 1, 0]]).int())
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([[0, 1, 0]]).double())
torch.arange(6.0).reshape(2, 3).gather(2,torch.tensor([[0, 1, 0]]))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([[0,1,0,1]]))
torch.arange(6.0).reshape(2, 3).gather(1,torch.tensor([[0],[1],[0]]))
torch.arange(6.0).reshape(2, 3).gather(0,1)
torch.arange(6.0).reshape(2, 3).gather(0,[0])
torch.gather(1,0,torch.tensor([[0, 1, 0]]))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([],dtype=torch.long))
torch.arange(6.0).reshape(2, 3).gather(0,torch.tensor([]))
torch.tensor(5.).gather(0,torch.tensor(0))
torch.tensor(5.).gather(0,torch.tensor([0,0]))
torch.tensor([5.,6]).gather(0,torch.tensor(1))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0,5,0]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0,-1,0]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([0,1]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]).int(),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3).double())
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),1)
torch.arange(6).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),1.5)
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.tensor(2.))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.tensor(2))
torch.arange(6.0).reshape(2, 3).scatter(2,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0,1,0,1]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3)[:,:2])
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]))
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),reduce="foo")
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),reduce="add")
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),reduce="multiply")
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),2,reduce="add")
torch.arange(6.0).reshape(2, 3).scatter(0,torch.tensor([[0, 1, 0]]),src=torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter(0,index=torch.tensor([[0, 1, 0]]),value=2)
torch.arange(6.0).reshape(2, 3).scatter(dim=0,index=torch.tensor([[0, 1, 0]]),src=torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter_add(0,torch.tensor([[0, 1, 0]]),2)
torch.arange(6.0).reshape(2, 3).scatter_add(0,torch.tensor([[0, 1, 0]]),torch.arange(6).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter_add(0,torch.tensor([[0,5,0]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).scatter_add(0,torch.tensor([[0, 1, 0]]).int(),torch.arange(6.0).reshape(2, 3))
torch.ones(3).index_reduce(0, torch.tensor([0, 1]), torch.ones(2), "sum")
torch.ones(3).index_reduce(0, torch.tensor([0, -1]), torch.ones(2), "prod")
torch.ones(3).index_reduce(0, torch.tensor([0, 1]), torch.ones(2).long(), "prod")
torch.ones(3).index_reduce(0, torch.tensor([0, 1]), torch.ones(2))
torch.ones(3).bool().index_reduce(0, torch.tensor([0, 1]), torch.ones(2).bool(), "amax")
torch.tensor([-9, 3]).index_reduce(0, torch.tensor([0, 0]), torch.tensor([-5, 4]), "mean")
torch.tensor(2.0).index_add(0, torch.tensor([0]), torch.ones(1))
torch.arange(6.0).reshape(2, 3).scatter_reduce(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),"sum")
torch.arange(6.0).reshape(2, 3).scatter_reduce(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),"mean")
torch.arange(6.0).reshape(2, 3).scatter_reduce(0,torch.tensor([[0, 1, 0]]),torch.arange(6.0).reshape(2, 3),"foo")
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor([5]))
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor([-1]))
torch.tensor(1.).index_select(0, torch.tensor([0, 0]))
torch.tensor(1.).index_select(0, torch.tensor(0))
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor([0.]))
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor([0],dtype=torch.int32))
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor([[0]]))
torch.arange(6.0).reshape(2, 3).index_select(0,torch.tensor(1))
torch.arange(6.0).reshape(2, 3).index_select(3,torch.tensor([0]))
torch.arange(6.0).reshape(2, 3).index_select(0,1)
torch.tensor(3.).index_select(0,torch.tensor([0]))
torch.tensor(3.).index_select(0,torch.tensor([1]))
torch.tensor(3.).index_select(0,torch.tensor(0))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,5]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,-1]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,1]),torch.arange(6.0).reshape(2, 3)[:,:2])
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,1]),torch.arange(6).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0.,1]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([[0,1]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,1]),torch.arange(6.0).reshape(2, 3),alpha=2)
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor([0,1]),2)
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor(1),torch.arange(6.0).reshape(2, 3)[0])
torch.arange(6.0).reshape(2, 3).index_add(0,torch.tensor(1),torch.arange(6.0).reshape(2, 3)[0:1])
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0,5]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0,1]),torch.arange(6.0).reshape(2, 3)[:,:2])
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0,1]),torch.arange(6).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0.,1]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([0,1],dtype=torch.int32),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor([[0,1]]),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).index_copy(0,torch.tensor(1),torch.arange(6.0).reshape(2, 3)[0])
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([0]),2)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([0]),torch.tensor(2.))
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([0]),torch.tensor([2.]))
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([5]),1)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([-1]),1)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([0.]),1)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([0],dtype=torch.int32),1)
torch.arange(6).reshape(2, 3).index_fill(0,torch.tensor([0]),1.5)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor([[0]]),2)
torch.arange(6.0).reshape(2, 3).index_fill(0,torch.tensor(0),2)
torch.arange(6.0).reshape(2, 3).take(torch.tensor([[0,7]]))
torch.arange(6.0).reshape(2, 3).take(torch.tensor([[0,-7]]))
torch.arange(6.0).reshape(2, 3).take(torch.tensor([0,1],dtype=torch.int32))
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0,7]),torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0]),torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0,1]),torch.tensor([1,2]))
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0.,1]),torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0,-1]),torch.tensor([1.,2]),accumulate=True)
torch.arange(6.0).reshape(2, 3).put(torch.tensor([0,0]),torch.tensor([1.,2]),True)
torch.empty(0).take(torch.tensor([0]))
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([[0, 1, 0]]),0)
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([[0],[1]]),1)
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([0,1]),1)
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([[0, 1, 0]]).int(),1)
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([[0, 1, 0]]).double(),1)
torch.take_along_dim(torch.arange(6.0).reshape(2, 3),torch.tensor([5]))
torch.arange(6.0).reshape(2, 3).take_along_dim(torch.tensor([[0, 1, 0]]),dim=5)
torch.arange(6.0).reshape(2, 3).masked_select(torch.arange(6.0).reshape(2, 3)>2)
torch.arange(6.0).reshape(2, 3).masked_select(torch.tensor([True,False,True]))
torch.arange(6.0).reshape(2, 3).masked_select(torch.tensor([True,False]))
torch.arange(6.0).reshape(2, 3).masked_select(torch.arange(6).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).masked_select(torch.arange(6).reshape(2, 3).byte())
torch.arange(6.0).reshape(2, 3).masked_select(1)
torch.arange(6.0).reshape(2, 3).masked_fill(torch.arange(6.0).reshape(2, 3)>2,torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).masked_fill(torch.arange(6.0).reshape(2, 3)>2,torch.tensor(1))
torch.arange(6).reshape(2, 3).masked_fill(torch.arange(6.0).reshape(2, 3)>2,1.5)
torch.arange(6).reshape(2, 3).masked_fill(torch.arange(6.0).reshape(2, 3)>2,torch.tensor(1.5))
torch.arange(6.0).reshape(2, 3).masked_fill(torch.arange(6).reshape(2, 3),1)
torch.arange(6.0).reshape(2, 3).masked_fill(torch.arange(6).reshape(2, 3).byte(),1)
torch.arange(6.0).reshape(2, 3).masked_fill(torch.tensor([True,False]),1.)
torch.arange(6.0).reshape(2, 3).masked_fill(torch.tensor([[[True]],[[False]]]),1.)
torch.arange(6.0).reshape(2, 3).clone().masked_fill_(torch.tensor([[[True]],[[False]]]),1.)
torch.arange(6.0).reshape(2, 3).masked_fill(1,1)
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6.0).reshape(2, 3)>2,torch.tensor([1.,2,3,4]))
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6.0).reshape(2, 3)>2,torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6.0).reshape(2, 3)>2,torch.tensor([1,2,3]))
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6).reshape(2, 3),torch.tensor([1,2,3]))
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6).reshape(2, 3),torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3).masked_scatter(torch.arange(6.0).reshape(2, 3)>2,1.)
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([0,1]),),torch.tensor(1.))
torch.arange(6.0).reshape(2, 3).index_put([torch.tensor([0,1])],torch.tensor([1.,2]))
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([0,1]),),torch.tensor(1))
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([0,1]),),1.)
torch.arange(6.0).reshape(2, 3).index_put((torch.arange(6.0).reshape(2, 3)>2,),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3).index_put((None,torch.tensor([0])),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3).index_put(torch.tensor([0]),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([0]),torch.tensor([0]),torch.tensor([0])),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([7]),),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3).index_put((torch.tensor([0.]),),torch.tensor(9.))
torch.arange(6.0).reshape(2, 3)[0]
torch.arange(6.0).reshape(2, 3)[-1]
torch.arange(6.0).reshape(2, 3)[2]
torch.arange(6.0).reshape(2, 3)[-3]
torch.arange(6.0).reshape(2, 3)[0,3]
torch.arange(6.0).reshape(2, 3)[:,3]
torch.arange(6.0).reshape(2, 3)[0,0,0]
torch.arange(6.0).reshape(2, 3)[...,0]
torch.arange(6.0).reshape(2, 3)[...,0,...]
torch.arange(6.0).reshape(2, 3)[None]
torch.arange(6.0).reshape(2, 3)[None,...,None].shape
torch.arange(6.0).reshape(2, 3)[:,None,1].shape
torch.arange(6.0).reshape(2, 3)[0:1,None,[0,1]].shape
torch.arange(6.0).reshape(2, 3)[[0,1],[1,2]]
torch.arange(6.0).reshape(2, 3)[[0,1]]
torch.arange(6.0).reshape(2, 3)[[True,False]]
torch.arange(6.0).reshape(2, 3)[[True,False],[True,False,True]]
torch.arange(6.0).reshape(2, 3)[True]
torch.arange(6.0).reshape(2, 3)[False]
torch.arange(6.0).reshape(2, 3)[True,0]
torch.arange(6.0).reshape(2, 3)[None,True].shape
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1]),None].shape
torch.arange(6.0).reshape(2, 3)[None,torch.tensor([0,1])].shape
torch.arange(6.0).reshape(2, 3)[torch.tensor([[0],[1]]),torch.tensor([0,2])]
torch.arange(6.0).reshape(2, 3)[:,torch.tensor([2,0])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1]),:,None].shape
torch.arange(6.0).reshape(2, 3)[1:,torch.tensor([2,0])]
torch.arange(6.0).reshape(2, 3)[...,torch.tensor([2,0])]
torch.arange(6.0).reshape(2, 3)[None,:,torch.tensor([2,0])].shape
torch.zeros(2,3,4)[torch.tensor([0,1]),:,torch.tensor([0,1])].shape
torch.zeros(2,3,4)[0,:,torch.tensor([0,1])].shape
torch.zeros(2,3,4)[torch.tensor([0]),:,0].shape
torch.zeros(2,3,4)[:,0,torch.tensor([0,1])].shape
torch.zeros(2,3,4)[torch.tensor([0]),0].shape
torch.zeros(2,3,4)[:,[0,1],:,None].shape
torch.zeros(2,3,4)[...,[0,1],0].shape
torch.zeros(2,3,4)[:,torch.ones(3,4,dtype=torch.bool)].shape
torch.zeros(2,3,4)[torch.ones(2,3,dtype=torch.bool)].shape
torch.zeros(2,3,4)[torch.ones(2,3,dtype=torch.bool),0].shape
torch.zeros(2,3,4)[torch.ones(2,3,dtype=torch.bool),[0]*6].shape
torch.zeros(2,3,4)[torch.ones(2,dtype=torch.bool),:,torch.tensor([0,1])].shape
torch.arange(6.0).reshape(2, 3)[torch.arange(6.0).reshape(2, 3)>2]
torch.arange(6.0).reshape(2, 3)[torch.arange(6.0).reshape(2, 3)>9]
torch.arange(6.0).reshape(2, 3)[torch.arange(6.0).reshape(2, 3)[0]>2]
torch.arange(6.0).reshape(2, 3)[:,torch.arange(6.0).reshape(2, 3)[0]>0]
torch.arange(6.0).reshape(2, 3)[torch.tensor(True)]
torch.arange(6.0).reshape(2, 3)[torch.tensor(False)].shape
torch.arange(6.0).reshape(2, 3)[torch.tensor(1)]
torch.arange(6.0).reshape(2, 3)[torch.tensor(1),torch.tensor(2)]
torch.arange(6.0).reshape(2, 3)[torch.tensor(-1)]
torch.arange(6.0).reshape(2, 3)[torch.tensor(5)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([5])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([-3])]
torch.arange(6.0).reshape(2, 3)[0,torch.tensor([3])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0.5])]
torch.arange(6.0).reshape(2, 3)[torch.tensor(0.5)]
torch.arange(6.0).reshape(2, 3)[0.5]
torch.arange(6.0).reshape(2, 3)["a"]
torch.arange(6.0).reshape(2, 3)[0,"a"]
torch.arange(6.0).reshape(2, 3)[{}]
torch.arange(6.0).reshape(2, 3)[(0,1)]
torch.arange(6.0).reshape(2, 3)[[0,1],]
torch.arange(6.0).reshape(2, 3)[[[0,1]]]
torch.arange(6.0).reshape(2, 3)[[[0,1],[1,2]]]
torch.arange(6.0).reshape(2, 3)[((0,1),(1,2))]
torch.arange(6.0).reshape(2, 3)[(0,1),]
torch.arange(6.0).reshape(2, 3)[[slice(0,1)]]
torch.arange(6.0).reshape(2, 3)[[0,None]]
torch.arange(6.0).reshape(2, 3)[np.array([0,1])]
torch.arange(6.0).reshape(2, 3)[np.array([True,False])]
torch.arange(6.0).reshape(2, 3)[np.array(1)]
torch.arange(6.0).reshape(2, 3)[np.int64(1)]
torch.arange(6.0).reshape(2, 3)[range(2)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1],dtype=torch.uint8)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1],dtype=torch.int32)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1],dtype=torch.int8)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1],dtype=torch.int16)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([1,0,1],dtype=torch.uint8)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([True,False,True])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1]),torch.tensor([0,1,2])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([[True]])]
torch.arange(6.0).reshape(2, 3)[::2]
torch.arange(6.0).reshape(2, 3)[::-1]
torch.arange(6.0).reshape(2, 3)[::0]
torch.arange(6.0).reshape(2, 3)[5:]
torch.arange(6.0).reshape(2, 3)[-5:5]
torch.arange(6.0).reshape(2, 3)[1:0]
torch.arange(6.0).reshape(2, 3)[:,1:9:2]
torch.arange(6.0).reshape(2, 3)[torch.tensor(0):torch.tensor(1)]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0]):]
torch.arange(6.0).reshape(2, 3)[0.5:]
torch.arange(6.0).reshape(2, 3)["a":]
torch.tensor(1.)[0]
torch.tensor(1.)[:]
torch.tensor(1.)[...]
torch.tensor(1.)[None]
torch.tensor(1.)[()]
torch.tensor(1.)[True]
torch.tensor(1.)[False]
torch.tensor(1.)[torch.tensor(True)]
torch.tensor(1.)[torch.tensor([0])]
torch.tensor(1.)[...,None]
torch.arange(6.0).reshape(2, 3)[()]
torch.arange(6.0).reshape(2, 3)[...]
torch.arange(6.0).reshape(2, 3)[[]]
torch.arange(6.0).reshape(2, 3)[torch.tensor([],dtype=torch.long)].shape
torch.arange(6.0).reshape(2, 3)[:, []].shape
torch.arange(6.0).reshape(2, 3)[[],[]].shape
torch.arange(6.0).reshape(2, 3)[torch.tensor([])]
torch.arange(6.0).reshape(2, 3)[1,[0,2]]
torch.arange(6.0).reshape(2, 3)[[0,2],1]
torch.arange(6.0).reshape(2, 3)[[1],[0,2]]
torch.arange(6.0).reshape(2, 3)[...,[0,2]]
torch.arange(6.0).reshape(2, 3)[[0,0,0]]
torch.arange(6.0).reshape(2, 3)[-1,-1]
torch.arange(6.0).reshape(2, 3)[-1,[-1,-2]]
torch.arange(6.0).reshape(2, 3)[:,-1:]
torch.arange(6.0).reshape(2, 3)[0][1]
torch.arange(6.0).reshape(2, 3)[torch.tensor([[0,1],[1,0]])].shape
torch.arange(6.0).reshape(2, 3)[None,None,0].shape
torch.arange(6.0).reshape(2, 3)[0,...,1]
torch.arange(6.0).reshape(2, 3)[0:2,[0,1]]
torch.arange(6.0).reshape(2, 3)[[torch.tensor(0),torch.tensor(1)]]
torch.arange(6.0).reshape(2, 3)[[torch.tensor([0,1])]]
torch.arange(6.0).reshape(2, 3)[torch.tensor([0,1]),...].shape
torch.arange(6.0).reshape(2, 3)[...,None,torch.tensor([0,1])].shape
torch.arange(6.0).reshape(2, 3)[(torch.arange(6.0).reshape(2, 3)>2).nonzero(as_tuple=True)]
torch.arange(6.0).reshape(2, 3)[torch.arange(6.0).reshape(2, 3).argmax(0),torch.arange(3)]
torch.arange(6.0).reshape(2, 3).__getitem__(0)
len(torch.arange(6.0).reshape(2, 3)[0]),len(torch.arange(6.0).reshape(2, 3))
torch.arange(6.0).reshape(2, 3)[torch.tensor([0]),torch.tensor([1]),torch.tensor([2])]
torch.arange(6.0).reshape(2, 3)[torch.tensor([[0,1]]),1]
torch.arange(6).reshape(2, 3)[torch.arange(6).reshape(2, 3)>2]
torch.arange(6).reshape(2, 3)[1:].sum()
list(torch.arange(6.0).reshape(2, 3))
1.0 in torch.arange(6.0).reshape(2, 3)
7 in torch.arange(6.0).reshape(2, 3)
""")
