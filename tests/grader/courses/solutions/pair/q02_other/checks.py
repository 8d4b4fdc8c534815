"""The check of the question that goes well."""

from grader.checks import agree, check


@check(points=1, fr="Double", en="Double")
def test_double(student, reference, rng):
    agree(student.double, reference.double, int(rng.integers(100)))
