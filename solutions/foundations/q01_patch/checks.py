"""Checks of question 1: one dot product, and what its value says."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, forall
from jaxcnn.testing import integer_arrays

_BIASES = st.sampled_from([-4.0, -1.5, 0.5, 2.0, 7.0])


@check(points=1, fr="Réponse, sans biais", en="Response, without a bias", reveal=True)
@forall(
    patch=integer_arrays((3, 3), -2, 4),
    kernel=integer_arrays((3, 3)),
    tall=integer_arrays((4, 2), -2, 4),
    thin=integer_arrays((4, 2)),
)
def test_response(student, reference, patch, kernel, tall, thin):
    # Even of zeros: a matrix product of squares is an answer, of oblong ones an error alone.
    agree(student.response, reference.response, abs(patch) + 1, abs(kernel) + 1)
    agree(student.response, reference.response, patch, kernel)
    agree(student.response, reference.response, tall, thin)


@check(points=1, fr="Réponse, avec biais", en="Response, with a bias", reveal=True)
@forall(patch=integer_arrays((2, 3), -2, 4), kernel=integer_arrays((2, 3)), bias=_BIASES)
def test_response_bias(student, reference, patch, kernel, bias):
    agree(student.response, reference.response, patch, kernel, bias)


@check(points=1, fr="Neurone", en="Neuron", reveal=True)
@forall(patch=integer_arrays((2, 3), -2, 4), kernel=integer_arrays((2, 3)), bias=_BIASES)
def test_neuron(student, reference, patch, kernel, bias):
    """Each patch also with the opposite weights, so that both signs come."""
    agree(student.neuron, reference.neuron, patch, kernel, bias)
    agree(student.neuron, reference.neuron, patch, -kernel, bias)
    agree(student.neuron, reference.neuron, patch.T, kernel.T)


@check(points=1, fr="Morceau préféré", en="Favourite patch")
@forall(kernel=integer_arrays((3, 3)), oblong=integer_arrays((2, 4), -2, 2))
def test_favourite_patch(student, reference, kernel, oblong):
    agree(student.favourite_patch, reference.favourite_patch, kernel)
    agree(student.favourite_patch, reference.favourite_patch, oblong)


@check(points=1, fr="Réponses possibles", en="Possible responses", reveal=True)
@forall(kernel=integer_arrays((3, 3)), oblong=integer_arrays((2, 4)), bias=_BIASES)
def test_response_range(student, reference, kernel, oblong, bias):
    agree(student.response_range, reference.response_range, kernel)
    agree(student.response_range, reference.response_range, oblong, bias)


@check(points=1, fr="Le filtre qui répond le plus", en="The filter that responds most")
@forall(
    patch=integer_arrays((3, 3), -2, 4),
    kernels=integer_arrays((4, 3, 3)),
    place=st.integers(1, 3),
    wide=integer_arrays((2, 4), -2, 4),
    wide_kernels=integer_arrays((5, 2, 4)),
)
def test_best_filter(student, reference, patch, kernels, place, wide, wide_kernels):
    agree(student.best_filter, reference.best_filter, patch, kernels)
    agree(student.best_filter, reference.best_filter, wide, wide_kernels)
    # Two filters that respond alike, and more than the others.
    patch, tied = np.abs(patch) + 1, kernels.copy()
    tied[[0, place]] = np.abs(kernels).max() + 1
    agree(student.best_filter, reference.best_filter, patch, tied)
