// Compiled for the oldest processor of its kind; see statistics.h.

#include "statistics.h"

#include <algorithm>

#include "processor.h"
#include "sizes.h"

namespace jaxcnn {
namespace {

constexpr int64_t kPart = 1 << 15;  // floats, at least
constexpr int64_t kFewRows = 64;
constexpr int64_t kParts = 64;      // at most: what is put together has the same order on any number of threads

int64_t parts_of(int64_t rows, int64_t channels) {
  return std::max<int64_t>(1, std::min({kParts, rows / kFewRows, rows * channels / kPart}));
}

// Each part of the rows on its own; `work` tells what is read.
void share(Threads& threads, const ChannelWork& work, int64_t rows, float* scratch) {
  const int64_t parts = parts_of(rows, work.channels);
  in_parallel(threads, parts > 1, parts, [&](int64_t part) {
    ChannelWork mine = work;
    mine.sums = scratch + part * 2 * work.channels;
    mine.begin = part * rows / parts, mine.end = (part + 1) * rows / parts;
    kernels()->channels(&mine);
  });
}

}  // namespace

int64_t statistics_scratch(int64_t rows, int64_t channels) {
  if (!kernels() || rows < 1 || channels < 1 || times(rows, channels) > kLargest) return -1;
  return parts_of(rows, channels) * 2 * channels;
}

void moments(Threads& threads, int64_t rows, int64_t channels, const float* x, float* result, float* scratch) {
  share(threads, {channels, kMoments, x, nullptr, nullptr, nullptr, 0, 0}, rows, scratch);
  const int64_t parts = parts_of(rows, channels);
  float *mean = result, *squares = result + channels;
  std::copy(scratch, scratch + 2 * channels, result);
  for (int64_t part = 1; part < parts; ++part) {  // as in channels.h
    const float* next = scratch + part * 2 * channels;
    const float before = (float)(part * rows / parts), all = (float)((part + 1) * rows / parts);
    const float more = all - before;
    for (int64_t c = 0; c < channels; ++c) {
      const float step = next[c] - mean[c];
      mean[c] += step * (more / all);
      squares[c] += next[channels + c] + step * step * (before / all * more);
    }
  }
  for (int64_t c = 0; c < channels; ++c) squares[c] /= (float)rows;
}

void channel_sums(Threads& threads, int64_t rows, int64_t channels, const float* g, const float* x,
                  const float* mean, float* result, float* scratch) {
  share(threads, {channels, kChannelSums, x, g, mean, nullptr, 0, 0}, rows, scratch);
  std::copy(scratch, scratch + 2 * channels, result);
  for (int64_t part = 1; part < parts_of(rows, channels); ++part)
    for (int64_t n = 0; n < 2 * channels; ++n) result[n] += scratch[part * 2 * channels + n];
}

}  // namespace jaxcnn
