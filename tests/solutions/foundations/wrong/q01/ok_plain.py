"""Python's numbers and lists alone."""


def response(patch, kernel, bias=0.0):
    total = bias
    for row, weights in zip(patch.tolist(), kernel.tolist(), strict=True):
        for pixel, weight in zip(row, weights, strict=True):
            total += pixel * weight
    return total


def neuron(patch, kernel, bias=0.0):
    return max(response(patch, kernel, bias), 0.0)


def favourite_patch(kernel):
    out = kernel.copy()
    out[out > 0] = 1
    out[out < 0] = 0
    return out


def response_range(kernel, bias=0.0):
    smallest = largest = bias
    for weight in kernel.flatten().tolist():
        if weight > 0:
            largest += weight
        else:
            smallest += weight
    return smallest, largest


def best_filter(patch, kernels):
    responses = [response(patch, kernel) for kernel in kernels]
    return responses.index(max(responses))
