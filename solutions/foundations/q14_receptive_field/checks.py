"""Checks of question 14: jump, size and place of the receptive field, and how often each pixel counts."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

_layers = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), max_size=4)
# Two strides above 1, of which one comes last and one first; kernels of several sizes, and none at all.
_STACKS = [
    [(3, 2), (5, 1), (2, 3)],
    [(2, 1), (3, 3), (4, 2)],
    [(5, 2), (2, 2), (3, 2)],
    [(4, 3)],
    [],
]


@check(points=1, fr="Écart entre voisins", en="Jump between neighbours", reveal=True)
@forall(examples=10, layers=_layers)
def test_jump(student, reference, layers):
    for stack in [*_STACKS, layers]:
        agree(student.field_jump, reference.field_jump, stack)


@check(points=1, fr="Taille du champ", en="Size of the field", reveal=True)
@forall(examples=10, layers=_layers)
def test_size(student, reference, layers):
    for stack in [*_STACKS, layers]:
        agree(student.field_size, reference.field_size, stack)


@check(points=1, fr="Pixels vus", en="Pixels seen", reveal=True)
@forall(examples=10, layers=_layers, neuron=st.integers(0, 9))
def test_seen(student, reference, layers, neuron):
    for number, stack in [*zip((3, 1, 2, 0, 5), _STACKS, strict=True), (neuron, layers)]:
        agree(student.pixels_seen, reference.pixels_seen, stack, number)


@check(points=1, fr="Profondeur nécessaire", en="Depth that is needed", reveal=True)
@forall(examples=10, kernel=st.integers(2, 7), size=st.integers(1, 60))
def test_needed(student, reference, kernel, size):
    for case in [(3, 7), (3, 8), (5, 9), (5, 28), (2, 6), (4, 1), (kernel, size)]:
        agree(student.layers_needed, reference.layers_needed, *case)


@check(points=2, fr="Chemins", en="Paths")
@forall(examples=6, layers=_layers, neuron=st.integers(0, 3), spare=st.integers(0, 3))
def test_paths(student, reference, layers, neuron, spare):
    for number, more, stack in [
        (1, 2, _STACKS[0]),
        (2, 1, _STACKS[1]),
        (1, 0, [(3, 1), (3, 1)]),
        (0, 3, _STACKS[2]),
        (neuron, spare, layers),
    ]:
        pixels = reference.pixels_seen(stack, number)[1] + 1 + more
        agree(student.paths, reference.paths, stack, number, pixels)
