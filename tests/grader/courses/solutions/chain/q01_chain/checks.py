"""Checks of the chain; what is built on others comes before some of these."""

from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall


@check(points=1, fr="Le saut", en="The jump", reveal=True)
@forall(n=st.integers(0, 50))
def test_jump(student, reference, n):
    agree(student.jump, reference.jump, n)


@check(points=1, fr="Le total", en="The total")
@forall(numbers=st.lists(st.integers(0, 50), max_size=4))
def test_total(student, reference, numbers):
    agree(student.total, reference.total, numbers)


@check(points=1, fr="La taille", en="The size")
@forall(n=st.integers(0, 99))
def test_size(student, reference, n):
    agree(student.size, reference.size, n)


@check(points=1, fr="Croissante", en="Growing", needs=("jump",))
@forall(n=st.integers(0, 50))
def test_growing(student, reference, n):
    less, more = student.size(n).integer(), student.size(n + 1).integer()
    expect(less < more, fr="Elle ne croît pas", en="It does not grow", n=n)


@check(points=1, fr="Le saut, négatif", en="The jump, negative")
@forall(n=st.integers(-50, -1))
def test_negative(student, reference, n):
    agree(student.jump, reference.jump, n)


@check(points=1, fr="Le même saut", en="The same jump")
@forall(n=st.integers(0, 50))
def test_twin(student, reference, n):
    agree(student.twin, reference.twin, n)
