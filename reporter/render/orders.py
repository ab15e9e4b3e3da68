"""The orders in which a section may stand on paper: its text as written, its figures near what speaks of them.

A chart or table stands after a paragraph that speaks of it, a chart also directly before one; short text may come
between where it has no figure of its own. Commentary may stand anywhere below the first block. Nothing leaves its
section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise, permutations, product

from reporter.render.groups import opening, paired
from reporter.tree import Block, ChartBlock, Container, FactLeaf, TableBlock, lines, plain, walk

SHORT = 700  # characters of text that may part a figure from the paragraph that speaks of it
MOST = 96  # orders of one section that are tried

Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Moved:
    """A block that may move: the slot it was written in, and those it may take. Slot n stands before text n."""

    block: Block
    home: int
    slots: tuple[int, ...]


def orders(blocks: Blocks) -> tuple[Blocks, ...]:
    """The blocks in every order allowed, as written first; a quotation and its answer as one container."""
    texts, moved = _parted(paired(blocks))
    found = (
        _woven(texts, chosen)
        for slots in product(*(m.slots for m in moved))
        if _in_order(moved, slots)
        for chosen in _arranged(moved, slots)
    )
    return tuple({tuple(map(id, order)): order for order in islice(found, MOST)}.values())


def moves(written: Blocks, order: Blocks) -> int:
    """How far an order is from the one written: places moved by charts, tables and commentary."""
    place = {id(block): i for i, block in enumerate(written)}
    return sum(abs(place[id(block)] - i) for i, block in enumerate(order) if id(block) in place)


def _parted(blocks: Blocks) -> tuple[list[Blocks], list[_Moved]]:
    """The texts in order, and what may move among them; rail cards and what opens a section are one text."""
    first = max(opening(blocks), 1)
    texts, homes = [blocks[:first]], list[tuple[Block, int]]()
    for block in blocks[first:]:
        if _moves(block):
            homes.append((block, len(texts)))
        elif _hangs(texts[-1]) and (not homes or homes[-1][1] < len(texts)):
            texts[-1] = (*texts[-1], block)
        else:
            texts.append((block,))
    owned = {home for block, home in homes if not _named(block, "commentary")}
    return texts, [_Moved(block, home, tuple(_slots(block, home, texts, owned))) for block, home in homes]


def _slots(block: Block, home: int, texts: Sequence[Blocks], owned: set[int]) -> Iterator[int]:
    """Home first, then the nearer before the farther."""
    if _named(block, "commentary"):
        yield from sorted(range(1, len(texts) + 1), key=lambda slot: abs(slot - home))
        return
    allowed = {home}
    room = SHORT
    for slot in range(home + 1, len(texts) + 1):
        room -= _length(texts[slot - 1])
        if room < 0 or slot in owned:
            break
        allowed.add(slot)
    speaking = [i for i, text in enumerate(texts[:home]) if i == home - 1 or _facts(text) & _facts((block,))]
    allowed |= {i + 1 for i in speaking if isinstance(block, ChartBlock)}
    allowed |= {i for i in speaking if isinstance(block, ChartBlock) and i}
    yield from sorted(allowed, key=lambda slot: abs(slot - home))


def _in_order(moved: Sequence[_Moved], slots: Sequence[int]) -> bool:
    """Figures written in different slots keep their order."""
    placed = [(m.home, slot) for m, slot in zip(moved, slots, strict=True) if not _named(m.block, "commentary")]
    return all(a[0] == b[0] or a[1] <= b[1] for a, b in pairwise(placed))


def _arranged(moved: Sequence[_Moved], slots: Sequence[int]) -> Iterator[list[tuple[int, Block]]]:
    """What shares a slot and was written in one may change places; so may commentary with what it meets."""
    placed = sorted(zip(slots, range(len(moved)), strict=True))
    groups = [[i for _, i in held] for _, held in groupby(placed, key=lambda pair: pair[0])]
    for arranged in product(*(_permuted(group, moved) for group in groups)):
        yield [(slots[i], moved[i].block) for group in arranged for i in group]


def _permuted(group: list[int], moved: Sequence[_Moved]) -> Iterator[tuple[int, ...]]:
    for order in permutations(group):
        homes = [moved[i].home for i in order if not _named(moved[i].block, "commentary")]
        if homes == sorted(homes):
            yield order


def _woven(texts: Sequence[Blocks], placed: Sequence[tuple[int, Block]]) -> Blocks:
    made: list[Block] = []
    for slot in range(len(texts) + 1):
        made += [block for at, block in placed if at == slot]
        made += texts[slot] if slot < len(texts) else ()
    return tuple(made)


def _moves(block: Block) -> bool:
    return isinstance(block, ChartBlock | TableBlock) or _named(block, "commentary")


def _named(block: Block, name: str) -> bool:
    return isinstance(block, Container) and block.name == name


def _hangs(text: Blocks) -> bool:
    """Whether the text ends in a colon: what follows belongs to it."""
    said = [plain(line) for line in lines(text)]
    return bool(said) and said[-1].rstrip().endswith(":")


def _length(text: Blocks) -> int:
    return sum(len(plain(line)) for line in lines(text))


def _facts(blocks: Blocks) -> frozenset[str]:
    """The ids of the facts printed in the blocks."""
    nodes = (node for line in lines(blocks) for node in walk(line))
    return frozenset(node.said.fact.id for node in nodes if isinstance(node, FactLeaf))
