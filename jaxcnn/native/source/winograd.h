// Convolutions by Winograd's minimal filtering (tiles.h): what it applies to, the plan, and the work shared among
// the threads of a pool. Where a result is not finite, or a tap of the kernel is zero for all
// channels (the pixels below it are not to be seen, not even by rounding), the plain kernels compute it.

#ifndef JAXCNN_WINOGRAD_H_
#define JAXCNN_WINOGRAD_H_

#include "convolution.h"

namespace jaxcnn {

// As `scratch_floats`, `fault`, `convolve` and `kernel_gradient` of convolution.h.
int64_t winograd_scratch(const Sizes& s, bool gradient);
const char* winograd_fault(const Sizes& s, const Floats& given, bool gradient);
void winograd(Threads& threads, const Sizes& s, const float* x, const float* kernel, float* y, float* scratch);
void winograd_kernel_gradient(Threads& threads, const Sizes& s, const float* x, const float* g, float* dk,
                              float* scratch);

}  // namespace jaxcnn

#endif  // JAXCNN_WINOGRAD_H_
