// The convolutions that the kernels compute: checks of every size, the plan, and the work shared among
// the threads of a pool. XLA's part is in handlers.cc.

#ifndef JAXCNN_CONVOLUTION_H_
#define JAXCNN_CONVOLUTION_H_

#include "kernels.h"
#include "threads.h"

namespace jaxcnn {

// As Python writes it (jaxcnn/functional/_lowering/_native.py).
struct Sizes {
  int64_t batch, groups, ins, outs;
  int64_t in[3], out[3], kernel[3], stride[3], low[3], high[3], spread[3], dilation[3];
  int64_t turned;
};
constexpr int64_t kNumbers = sizeof(Sizes) / sizeof(int64_t);
static_assert(kNumbers == 29, "_native.py");

// The convolution, before any plan for it.
Conv conv_of(const Sizes& s);

// Arrays as they were given, by their number of floats.
struct Floats {
  int64_t x, kernel, y, scratch;
};

// Floats of scratch memory that a call needs, or -1 if the kernels do not take these sizes. The same on
// every processor, so that a program from the compilation cache fits.
int64_t scratch_floats(const Sizes& s, bool gradient);

// What is wrong with a call, or nullptr.
const char* fault(const Sizes& s, const Floats& given, bool gradient);

// After `fault` found none.
void convolve(Threads& threads, const Sizes& s, const float* x, const float* kernel, float* y,
              float* scratch);
void kernel_gradient(Threads& threads, const Sizes& s, const float* x, const float* g, float* dk,
                     float* scratch);

}  // namespace jaxcnn

#endif  // JAXCNN_CONVOLUTION_H_
