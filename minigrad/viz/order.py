"""The nodes that a graph consists of, in the order in which the computation made them."""

import heapq
from collections.abc import Sequence
from typing import Any

# Beyond this, reading and folding would take seconds.
MOST_NODES = 5000


def in_forward_order(roots: Sequence[Any]) -> list[Any]:
    """Every node that the roots lead to, in the order in which they were made; leaves just before their first use.

    Raises ValueError when there are more than a few thousand.
    """
    users: dict[int, list[Any]] = {}
    waiting: dict[int, int] = {}
    found = {id(root): root for root in roots}
    stack = list(found.values())
    while stack:  # of our own, since a chain may be long
        node = stack.pop()
        sources = {id(source): source for source, _ in node.next_functions if source is not None}
        waiting[id(node)] = len(sources)
        for key, source in sources.items():
            users.setdefault(key, []).append(node)
            if key not in found:
                found[key] = source
                stack.append(source)
        if len(found) > MOST_NODES:
            raise ValueError(
                f"this graph has more than {MOST_NODES} nodes, too many to read: "
                "draw a smaller part of it, such as the result of one layer or of one step"
            )

    # Numbers of nodes grow as the computation goes on; but an input always comes first, whatever its number.
    arrival = {key: index for index, key in enumerate(found)}
    ready = [(made_at(found[key]), -arrival[key], key) for key, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        _, _, key = heapq.heappop(ready)
        order.append(found[key])
        for user in users.get(key, ()):
            waiting[id(user)] -= 1
            if waiting[id(user)] == 0:
                heapq.heappush(ready, (made_at(user), -arrival[id(user)], id(user)))
    return leaves_where_they_are_used(order)


def made_at(node):
    """The number of a node; leaves have none that says anything, they may as well come first."""
    return -1 if is_leaf(node) else node._sequence_nr()


def leaves_where_they_are_used(nodes):
    ordered = {}
    for node in nodes:
        if not is_leaf(node):
            for source, _ in node.next_functions:
                if source is not None:
                    ordered.setdefault(id(source), source)
            ordered.setdefault(id(node), node)
    return list(ordered.values())


def is_leaf(node):
    return getattr(node, "variable", None) is not None
