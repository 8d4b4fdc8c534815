// The sums of batch normalisation: checks of every size, and the work shared among threads. XLA's part is in
// handlers.cc.

#ifndef JAXCNN_STATISTICS_H_
#define JAXCNN_STATISTICS_H_

#include "threads.h"

namespace jaxcnn {

// Floats of scratch memory for (rows, channels), or -1 if the kernels do not take these sizes.
int64_t statistics_scratch(int64_t rows, int64_t channels);

// The mean of each channel, then its biased variance. After `statistics_scratch` took the sizes.
void moments(Threads& threads, int64_t rows, int64_t channels, const float* x, float* result, float* scratch);

// For each channel the sum of g, then that of g * (x - mean).
void channel_sums(Threads& threads, int64_t rows, int64_t channels, const float* g, const float* x,
                  const float* mean, float* result, float* scratch);

}  // namespace jaxcnn

#endif  // JAXCNN_STATISTICS_H_
