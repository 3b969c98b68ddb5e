"""Reverse mode on arrays: the shares of all nodes that are alike at once, and all sums.

The places are those that :class:`.reverse.Reverse` gives, node after node: the steps of its shares, then the sum for each
parent that had received something before. So the sums are the same, added in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .alike import LONG, Graph, NotPlain, alike, followed, reached, slots
from .extras import numbered, numpy
from .reverse import Reverse, write_seeded, write_shares, write_sum
from .tape import Tape
from .templates import Template, Templates


class Together(Reverse):
    """The derivatives that a recording asks for, where that can be on arrays.

    Args:
        tape, known, templates: see :class:`.reverse.Reverse`.
        graph: the tape as arrays.
    """

    def __init__(self, tape: Tape, known: Sequence[int], templates: Templates, graph: Graph) -> None:
        self._graph = graph
        super().__init__(tape, known, templates)
        self._few = len(self.leaves) * LONG <= len(tape.ops)  # for each output, all of the tape is looked at

    def _pull(self, output: int) -> dict[int, int]:
        try:
            return self._pull_together(output) if self._few and output < self._graph.end else super()._pull(output)
        except NotPlain:
            return super()._pull(output)

    def _kinds(self) -> set[tuple[Any, int]]:
        graph, most = self._graph, int(self._graph.counts.max()) + 1
        codes, counts = numpy().divmod(numbered(graph.codes * most + graph.counts)[0], most)
        return {*zip(map(graph.ops.__getitem__, codes.tolist()), counts.tolist())}

    def _inside(self, output: int) -> tuple[Any, Any]:
        """Of all edges, whether something is sent along; and of all numbers, whether they show their nan."""
        np, graph = numpy(), self._graph
        at_first, parents, users = graph.some([output]), graph.parents, graph.users
        inside = ~graph.cut[users]
        inside &= reached(graph.some(self.leaves[output]), parents[inside], users[inside])[parents]
        inside &= reached(at_first, users[inside], parents[inside])[users]
        if not self.hides:
            return inside, np.ones(len(at_first), bool)
        shows = inside.copy()
        for (op, count), flags in self.carries.items():
            numbers = np.flatnonzero((graph.codes == graph.ops.index(op)) & (graph.counts == count))
            shows[graph.starts[numbers][:, None] + np.arange(count)] &= np.array(flags)
        return inside, reached(at_first, users[shows], parents[shows])

    def _pull_together(self, output: int) -> dict[int, int]:
        np, graph, templates = numpy(), self._graph, self.templates
        inside, shown = self._inside(output)
        nodes = np.flatnonzero(graph.some(graph.users[inside]))[::-1]  # the youngest comes first
        counts = graph.counts[nodes]
        begins = np.cumsum(counts) - counts
        user = np.repeat(np.arange(len(nodes)), counts)  # of each edge in this order, the node, by its place in it
        edges = graph.starts[nodes][user] + np.arange(len(user)) - begins[user]
        inside, parents = inside[edges], graph.parents[edges]

        # Where each share is: so many steps after its node's first one, or where the gradient of the node is.
        steps, shares = np.zeros(len(nodes), "int64"), np.zeros(len(user), "int64")
        passes = np.zeros(len(user), bool)
        copies: list[tuple[Template, Any, Any]] = []
        for rows, numbers in graph.by_count(nodes):
            here, edges = nodes[rows], begins[rows][:, None] + np.arange(numbers.shape[1])
            codes, hidden, chosen = graph.codes[here], ~shown[here], inside[edges]
            args = np.column_stack([graph.known[here], graph.known[numbers], 0 * here])  # any number for the gradient

            def subject(row: int, codes: Any = codes, hidden: Any = hidden, chosen: Any = chosen) -> Any:
                return graph.ops[codes[row]], bool(hidden[row]), *chosen[row].tolist()

            for template, same in alike(templates, write_shares, subject, [codes, hidden, *chosen.T], args):
                assert template.ends is not None  # a share is a step's product, or the gradient
                steps[rows[same]] = len(template.steps)
                for edge, end in zip(edges[same][:, chosen[same[0]]].T, template.ends):
                    passes[edge], shares[edge] = end < 0, end
                copies.append((template, rows[same], args[same]))

        # Where each step is, and each sum. A parent's first share is no sum.
        (seed,) = templates.write(write_seeded, "seed", [self.known[output]])
        edges = np.flatnonzero(inside)
        edges = edges[np.argsort(parents[edges], kind="stable")]  # the shares of each parent in order
        goes_on = np.append(False, parents[edges[1:]] == parents[edges[:-1]])[: len(edges)]
        is_sum = np.zeros(len(user), bool)
        is_sum[edges[goes_on]] = True
        written, added = np.cumsum(steps), np.cumsum(is_sum) - is_sum
        first, sums = templates.size + written - steps + added[begins], templates.size + written[user] + added
        templates.size += int(steps.sum() + is_sum.sum())
        shares += first[user]

        # What each node has received in the end; a node's own gradient may go on to a parent as it is.
        adjoints, to = np.zeros(len(graph.codes), "int64"), np.arange(len(graph.codes))
        last = edges[~np.append(goes_on[1:], False)[: len(edges)]]
        adjoints[output] = seed
        adjoints[parents[last]] = np.where(is_sum, sums, shares)[last]
        alone = last[passes[last] & ~is_sum[last]]
        to[parents[alone]] = nodes[user[alone]]
        adjoints = adjoints[followed(to)]
        shares[passes] = adjoints[nodes[user[passes]]]

        more, before = edges[goes_on], edges[np.flatnonzero(goes_on) - 1]
        terms = np.column_stack([np.where(is_sum, sums, shares)[before], shares[more], sums[more]])
        add = templates.found(write_sum, "sum", [0, 0])
        assert add is not None
        add.blocks.append(terms)
        for template, rows, args in copies:
            args[:, -1] = adjoints[nodes[rows]]
            template.blocks.append(np.column_stack([slots(templates, args), first[rows]]))
        got = graph.some(np.append(output, parents[inside])) & graph.some(self.leaves[output])
        return dict(zip(np.flatnonzero(got).tolist(), adjoints[got].tolist()))
