// The pools that the kernels compute: checks of every size, and the work shared among threads. XLA's part is
// in handlers.cc.

#ifndef JAXCNN_POOLING_H_
#define JAXCNN_POOLING_H_

#include "kernels.h"
#include "threads.h"

namespace jaxcnn {

constexpr int64_t kWindowNumbers = sizeof(Windows) / sizeof(int64_t);
static_assert(kWindowNumbers == 23, "_native_pools.py");

// What is wrong with the sizes, or nullptr: the kernels take them.
const char* fault(const Windows& w);

// What is wrong with a call for arrays of so many floats, or nullptr.
const char* fault(const Windows& w, int64_t pixels, int64_t results);

// After `fault` found none.
void maximum(Threads& threads, const Windows& w, const float* x, float* y);
void total(Threads& threads, const Windows& w, const float* x, float* y, float divisor);
void total_back(Threads& threads, const Windows& w, const float* g, float* dx);

// Whether the taps of a window have numbers that fit into a byte: `scatter` needs them.
bool numbered(const Windows& w);

// Brings g back to the first maximum of each window of x. `winners`: a byte for each float of g.
void scatter(Threads& threads, const Windows& w, const float* g, const float* x, float* dx, uint8_t* winners);

}  // namespace jaxcnn

#endif  // JAXCNN_POOLING_H_
