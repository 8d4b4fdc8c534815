// What convolution.cc, winograd.cc and pooling.cc ask of sizes alike. All are compiled for the oldest processor; kernels.cc
// must not include it (kernels.h).

#ifndef JAXCNN_SIZES_H_
#define JAXCNN_SIZES_H_

#include <stdint.h>

namespace jaxcnn {
namespace {

constexpr int64_t kCached = 4 << 20;  // floats of a result that is read again from the last cache
constexpr int64_t kLargest = int64_t{1} << 40;  // of any product of sizes

inline int64_t over(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t product(const int64_t* sizes) { return sizes[0] * sizes[1] * sizes[2]; }

// A product of positive sizes, which stays beyond kLargest once it is.
inline int64_t times(int64_t a, int64_t b) { return a > kLargest / b ? kLargest + 1 : a * b; }

// What is wrong along one axis, or nullptr. The input is spread with zeros first.
inline const char* axis_fault(int64_t in, int64_t out, int64_t taps, int64_t stride, int64_t low,
                              int64_t high, int64_t spread, int64_t dilation) {
  if (in < 1 || out < 1 || taps < 1) return "an empty or negative size";
  if (stride < 1 || spread < 1 || dilation < 1) return "a step below 1";
  for (int64_t n : {in, out, taps, stride, spread, dilation, low + 1, high + 1})
    if (n > (1 << 24) || n < -(1 << 24)) return "a number beyond 2**24";
  const int64_t extent = (taps - 1) * dilation + 1;
  const int64_t room = (in - 1) * spread + 1 + low + high - extent;
  if (room < 0 || room / stride + 1 != out)
    return "an output size that does not follow from the others";
  return nullptr;
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_SIZES_H_
