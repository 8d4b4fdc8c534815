// Compiled for the oldest processor of its kind; see pooling.h.

#include "pooling.h"

#include <algorithm>

#include "processor.h"
#include "sizes.h"

namespace jaxcnn {
namespace {

constexpr int64_t kMostPixels = int64_t{1} << 30;
constexpr int64_t kAlone = 1 << 16;    // floats that one thread is done with before another has begun
constexpr int64_t kPieces = 6;         // of work for each thread

int64_t pixels(const Windows& w) { return w.batch * product(w.in) * w.channels; }
int64_t results(const Windows& w) { return w.batch * product(w.out) * w.channels; }

// Shares the rows of a result, and of long ones the columns.
void share(Threads& threads, const PoolWork& whole, const int64_t* size) {
  const Windows& w = *whole.windows;
  const int64_t rows = w.batch * size[0] * size[1], spans = over(size[2], kMostColumns);
  const int64_t chunk = over(rows, over(kPieces * std::max<int64_t>(1, threads.count()), spans));
  in_parallel(threads, pixels(w) + results(w) > kAlone, over(rows, chunk) * spans, [&](int64_t task) {
    PoolWork work = whole;
    work.begin = task / spans * chunk, work.end = std::min(rows, work.begin + chunk);
    work.first_column = task % spans * kMostColumns;
    work.end_column = std::min(size[2], work.first_column + kMostColumns);
    work.stream = rows * size[2] * w.channels > kCached;
    kernels()->pool(&work);
  });
}

}  // namespace

const char* fault(const Windows& w) {
  if (!kernels()) return "no kernels for this processor";
  if (w.batch < 1 || w.channels < 1) return "an empty or negative size";
  int64_t x = times(w.batch, w.channels), y = x, taps = 1;
  for (int a = 0; a < 3; ++a) {
    if (const char* what = axis_fault(w.in[a], w.out[a], w.window[a], w.stride[a], w.low[a],
                                      w.high[a], 1, w.dilation[a]))
      return what;
    x = times(x, w.in[a]), y = times(y, w.out[a]), taps = times(taps, w.window[a]);
  }
  if (x > kLargest || y > kLargest) return "an array too large";
  if (w.window[0] * w.window[1] > kMostWindowRows || taps > kMostPixels)
    return "a window of more rows than its table holds";
  return nullptr;
}

const char* fault(const Windows& w, int64_t of_x, int64_t of_y) {
  if (const char* what = fault(w)) return what;
  if (of_x != pixels(w) || of_y != results(w)) return "arrays of other sizes than it was told";
  return nullptr;
}

bool numbered(const Windows& w) { return product(w.window) <= kMostNumbered; }

void maximum(Threads& threads, const Windows& w, const float* x, float* y) {
  share(threads, {&w, kMaximum, x, y, nullptr, 0, 0, 0, 0, 0}, w.out);
}

void total(Threads& threads, const Windows& w, const float* x, float* y, float divisor) {
  share(threads, {&w, kTotal, x, y, nullptr, 0, 0, 0, 0, 0, divisor}, w.out);
}

void total_back(Threads& threads, const Windows& w, const float* g, float* dx) {
  share(threads, {&w, kTotalBack, g, dx, nullptr, 0, 0, 0, 0, 0}, w.in);
}

void scatter(Threads& threads, const Windows& w, const float* g, const float* x, float* dx, uint8_t* winners) {
  share(threads, {&w, kWinners, x, nullptr, winners, 0, 0, 0, 0, 0}, w.out);
  share(threads, {&w, kShares, g, dx, winners, 0, 0, 0, 0, 0}, w.in);
}

}  // namespace jaxcnn
