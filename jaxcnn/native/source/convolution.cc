// Compiled for the oldest processor of its kind; see convolution.h.

#include "convolution.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "processor.h"
#include "sizes.h"

namespace jaxcnn {
namespace {

// --- what is to be computed

// What is wrong with the sizes, or nullptr.
const char* fault(const Sizes& s) {
  if (s.batch < 1 || s.groups < 1 || s.ins < 1 || s.outs < 1) return "an empty or negative size";
  if (s.turned != 0 && s.turned != 1) return "turned is neither 0 nor 1";
  int64_t x = 1, y = 1, k = 1;
  for (int64_t n : {s.batch, s.groups, s.ins}) x = times(x, n);
  for (int64_t n : {s.batch, s.groups, s.outs}) y = times(y, n);
  for (int64_t n : {s.groups, s.ins, s.outs}) k = times(k, n);
  for (int a = 0; a < 3; ++a) {
    if (const char* what = axis_fault(s.in[a], s.out[a], s.kernel[a], s.stride[a], s.low[a],
                                      s.high[a], s.spread[a], s.dilation[a]))
      return what;
    x = times(x, s.in[a]), y = times(y, s.out[a]), k = times(k, s.kernel[a]);
  }
  if (x > kLargest || y > kLargest || k > kLargest) return "an array too large";
  return nullptr;
}

constexpr int64_t kFewChannels = 16;
constexpr int64_t kEnough = 16;  // tasks of a kernel gradient
constexpr int64_t kSlice = 256;  // pixels at least, beside which it is little to add up what slices have found

struct Plan {
  Conv conv;                       // with the last axis folded into the channels, if it is
  bool copies;                     // x is padded along the last axis first
  int64_t width, before;           // of the input; what is kept before it
  int64_t block, blocks;           // output channels of a block; blocks of a group
  int64_t packed, zeros, copy;     // floats of each piece of the scratch memory
  int64_t slices;                  // parts of the kernel gradient's sum over rows
  int64_t size() const { return packed + zeros + copy + (slices > 1 ? slices * gradient() : 0); }
  int64_t gradient() const {
    return product(conv.kernel) * conv.ins * conv.groups * conv.outs;
  }
  int64_t rows() const { return conv.batch * conv.out[0] * conv.out[1]; }
};

Plan plan_for(const Sizes& s, int vector, bool gradient) {
  Plan p = {};
  Conv& c = p.conv = conv_of(s);
  c.lanes = s.groups > 1 && s.outs < vector && vector % s.outs == 0 && s.ins <= s.outs;
  p.width = c.in[2];
  if (s.groups == 1 && s.ins <= kFewChannels && s.kernel[2] > 1 && s.dilation[2] == 1 &&
      s.spread[2] == 1 && !s.turned) {
    // The inputs of a row of taps are neighbours: one longer run of channels.
    p.width = (s.out[2] - 1) * s.stride[2] + s.kernel[2], p.before = s.low[2];
    p.copies = s.low[2] != 0 || p.width > s.in[2];
    if (p.copies)
      p.copy = s.batch * s.in[0] * s.in[1] * p.width * s.ins;
    else
      p.width = s.in[2];
    c.in[2] = p.width, c.low[2] = 0, c.ins = s.kernel[2] * s.ins, c.kernel[2] = 1;
  }
  p.block = c.lanes ? vector : 2 * vector;
  p.blocks = over(c.lanes ? c.groups * c.outs : c.outs, p.block);
  p.copy = over(p.copy, 16) * 16;
  p.slices = 1;
  if (!gradient) {
    p.packed = (c.lanes ? 1 : c.groups) * p.blocks * product(c.kernel) * c.ins * p.block;
    p.zeros = over(c.in_pixel + c.ins + 16, 16) * 16;
  } else {
    // Each slice reads its pixels once, but has sums of its own, which are added up in the end.
    const int64_t pixels = p.rows() * c.out[2];
    p.slices = std::max<int64_t>(
        1, std::min({kEnough, pixels / kSlice, p.rows(), (int64_t{4} << 20) / p.gradient()}));
  }
  return p;
}

// Pads the rows of x along the last axis.
const float* copied(Threads& threads, const Plan& p, const Sizes& s, const float* x,
                    float* copy) {
  if (!p.copies) return x;
  const int64_t rows = s.batch * s.in[0] * s.in[1], together = 64;
  const int64_t skip = std::max<int64_t>(0, -p.before), low = std::max<int64_t>(0, p.before);
  const int64_t kept = std::max<int64_t>(0, std::min(s.in[2] - skip, p.width - low));
  in_parallel(threads, rows * p.width * s.ins > 1 << 15, over(rows, together), [&](int64_t task) {
    for (int64_t row = task * together; row < std::min(rows, (task + 1) * together); ++row) {
      float* to = copy + row * p.width * s.ins;
      const int64_t before = std::min(low, p.width);
      std::memset(to, 0, sizeof(float) * before * s.ins);
      if (kept)
        std::memcpy(to + before * s.ins, x + (row * s.in[2] + skip) * s.ins,
                    sizeof(float) * kept * s.ins);
      std::memset(to + (before + kept) * s.ins, 0,
                  sizeof(float) * (p.width - before - kept) * s.ins);
    }
  });
  return copy;
}

// Whether some output pixel meets padding; whether one might meet nothing else.
struct Padding {
  bool some, alone;
};

Padding padding_of(const Conv& c) {
  Padding p = {false, false};
  for (int a = 0; a < 3; ++a) {
    const int64_t reach = (c.kernel[a] - 1) * c.dilation[a];
    const int64_t last = (c.out[a] - 1) * c.stride[a] - c.low[a];  // where the last window begins
    p.some |= c.low[a] > 0 || last + reach >= c.in[a];
    p.alone |= c.low[a] > reach || last >= c.in[a] || (reach > 0 && c.dilation[a] > c.in[a]);
  }
  return p;
}

bool all_finite(Threads& threads, const float* values, int64_t count) {
  const int64_t stretch = 1 << 16;
  std::atomic<bool> finite{true};
  in_parallel(threads, count > 1 << 17, over(count, stretch), [&](int64_t task) {
    const int64_t begin = task * stretch;
    if (!kernels()->all_finite(values + begin, std::min(stretch, count - begin))) finite = false;
  });
  return finite;
}

// Output pixels by the taps that they meet.
std::vector<Phase> phases_of(const Conv& c) {
  int64_t period[3];
  for (int a = 0; a < 3; ++a) {
    int64_t x = c.spread[a], y = c.stride[a];
    while (y) std::swap(x %= y, y);  // x: the greatest common divisor
    period[a] = c.spread[a] / x;
  }
  std::vector<Phase> phases;
  int64_t r[3];
  for (r[0] = 0; r[0] < period[0]; ++r[0])
    for (r[1] = 0; r[1] < period[1]; ++r[1])
      for (r[2] = 0; r[2] < period[2]; ++r[2]) {
        Phase p = {};
        std::vector<int64_t> offsets[3], numbers[3];
        for (int a = 0; a < 3; ++a) {
          p.first[a] = r[a], p.step[a] = period[a];
          p.count[a] = r[a] < c.out[a] ? over(c.out[a] - r[a], period[a]) : 0;
          p.stride[a] = period[a] * c.stride[a] / c.spread[a];
          for (int64_t k = 0; k < c.kernel[a]; ++k) {
            const int64_t u = r[a] * c.stride[a] - c.low[a] + k * c.dilation[a];
            if (u % c.spread[a] == 0)
              offsets[a].push_back(u / c.spread[a]), numbers[a].push_back(k);
          }
        }
        if (p.count[0] * p.count[1] * p.count[2] == 0) continue;
        p.across = (int)offsets[2].size();
        for (size_t i = 0; i < offsets[0].size(); ++i)
          for (size_t j = 0; j < offsets[1].size(); ++j)
            for (size_t k = 0; k < offsets[2].size(); ++k, ++p.taps) {
              const int64_t offset[3] = {offsets[0][i], offsets[1][j], offsets[2][k]};
              for (int a = 0; a < 3; ++a) {
                p.least[a] = p.taps ? std::min(p.least[a], offset[a]) : offset[a];
                p.most[a] = p.taps ? std::max(p.most[a], offset[a]) : offset[a];
                p.offset[p.taps][a] = offset[a];
              }
              p.which[p.taps] =
                  (int)((numbers[0][i] * c.kernel[1] + numbers[1][j]) * c.kernel[2] + numbers[2][k]);
            }
        phases.push_back(p);
      }
  return phases;
}

}  // namespace

Conv conv_of(const Sizes& s) {
  Conv c = {};
  c.batch = s.batch, c.groups = s.groups, c.ins = s.ins, c.outs = s.outs;
  c.in_pixel = s.groups * s.ins, c.out_pixel = s.groups * s.outs;
  for (int a = 0; a < 3; ++a) {
    c.in[a] = s.in[a], c.out[a] = s.out[a], c.kernel[a] = s.kernel[a];
    c.stride[a] = s.stride[a], c.low[a] = s.low[a];
    c.spread[a] = s.spread[a], c.dilation[a] = s.dilation[a];
  }
  c.turned = (int)s.turned;
  return c;
}

int64_t scratch_floats(const Sizes& s, bool gradient) {
  if (!kernels() || fault(s)) return -1;
  if (product(plan_for(s, kernels()->vector, gradient).conv.kernel) > kMostTaps) return -1;
  int64_t most = 16;
  for (int vector : {4, 8, 16}) most = std::max(most, plan_for(s, vector, gradient).size());
  return most;
}

const char* fault(const Sizes& s, const Floats& given, bool gradient) {
  if (!kernels()) return "no kernels for this processor";
  if (const char* what = fault(s)) return what;
  const Plan plan = plan_for(s, kernels()->vector, gradient);
  if (product(plan.conv.kernel) > kMostTaps) return "more taps than its tables hold";
  if (gradient && (s.turned || product(s.spread) != 1))
    return "a kernel gradient of a spread input";
  if (given.x != s.batch * product(s.in) * s.groups * s.ins ||
      given.y != s.batch * product(s.out) * s.groups * s.outs ||
      given.kernel != product(s.kernel) * s.ins * s.groups * s.outs)
    return "arrays of other sizes than it was told";
  if (given.scratch < plan.size()) return "too little scratch memory";
  return nullptr;
}

void convolve(Threads& threads, const Sizes& s, const float* x, const float* kernel, float* y,
              float* scratch) {
  const Plan plan = plan_for(s, kernels()->vector, false);
  const Conv& c = plan.conv;
  float *packed = scratch, *zeros = packed + plan.packed, *copy = zeros + plan.zeros;
  std::memset(zeros, 0, sizeof(float) * plan.zeros);
  const int64_t outputs = s.batch * product(s.out) * s.groups * s.outs;
  const int64_t products = s.batch * product(s.out) * c.groups * c.outs * product(c.kernel) * c.ins;
  const bool large = products > 1 << 17;
  const bool strict = c.lanes && !kernels()->all_finite(kernel, product(s.kernel) * s.ins * s.groups * s.outs);

  const int64_t groups = c.lanes ? 1 : c.groups;
  in_parallel(threads, plan.packed > 1 << 15, groups * plan.blocks, [&](int64_t task) {
    kernels()->pack(&c, kernel, packed, task / plan.blocks, task % plan.blocks);
  });
  const float* input = copied(threads, plan, s, x, copy);

  const std::vector<Phase> phases = phases_of(c);
  const int64_t count = std::max<int64_t>(1, threads.count());
  int64_t tiles = 0;
  for (const Phase& p : phases) tiles += over(s.batch * product(p.count), kernels()->rows);
  const int64_t chunk =
      kernels()->rows * std::min<int64_t>(64, std::max<int64_t>(1, tiles / (6 * count)));
  const int64_t blocks = groups * plan.blocks;
  const int64_t parts = std::min(blocks, over(4 * count, tiles));  // where pixels are few
  struct Task {
    const Phase* phase;
    int64_t begin, part;
  };
  std::vector<Task> tasks;
  for (const Phase& p : phases)
    for (int64_t begin = 0; begin < s.batch * product(p.count); begin += chunk)
      for (int64_t part = 0; part < parts; ++part) tasks.push_back({&p, begin, part});
  in_parallel(threads, large, (int64_t)tasks.size(), [&](int64_t number) {
    const Task& t = tasks[number];
    ConvWork work;
    work.conv = &c, work.phase = t.phase;
    work.x = input, work.packed = packed, work.zeros = zeros, work.y = y;
    work.stream = outputs > kCached, work.strict = strict;
    work.begin = t.begin;
    work.end = std::min(t.begin + chunk, s.batch * product(t.phase->count));
    work.first_block = t.part * blocks / parts;
    work.end_block = (t.part + 1) * blocks / parts;
    kernels()->convolve(&work);
  });
}

namespace {

// `strict`: multiply the padding's zeros too.
void sum_products(Threads& threads, const Plan& plan, const float* input, const float* g, float* dk,
                  float* parts, bool strict) {
  const Conv& c = plan.conv;
  const int64_t size = plan.gradient(), rows = plan.rows();
  const bool large = rows * c.out[2] * size > 1 << 17;
  // Where there are few slices, their blocks of channels apart, and then their rows of taps.
  const int64_t tap_rows = c.kernel[0] * c.kernel[1];
  const int64_t groups = c.lanes ? 1 : c.groups;
  const int64_t blocks = c.lanes ? over(plan.blocks, 2) : plan.blocks;
  const int64_t parts_of_blocks = std::min(blocks, over(kEnough, plan.slices * groups));
  const int64_t parts_of_taps =
      std::min(tap_rows, over(kEnough, plan.slices * groups * parts_of_blocks));
  in_parallel(threads, large, plan.slices * groups * parts_of_blocks * parts_of_taps,
              [&](int64_t task) {
    int64_t rest = task;
    const auto next = [&](int64_t count) {
      const int64_t number = rest % count;
      rest /= count;
      return number;
    };
    GradientWork work;
    const int64_t taps = next(parts_of_taps), part = next(parts_of_blocks);
    work.group = next(groups);
    const int64_t slice = rest;
    work.conv = &c, work.x = input, work.g = g, work.dk = parts + slice * size;
    work.strict = strict;
    work.begin = slice * rows / plan.slices, work.end = (slice + 1) * rows / plan.slices;
    work.first_block = part * blocks / parts_of_blocks;
    work.end_block = (part + 1) * blocks / parts_of_blocks;
    work.first_tap_row = taps * tap_rows / parts_of_taps;
    work.end_tap_row = (taps + 1) * tap_rows / parts_of_taps;
    kernels()->kernel_gradient(&work);
  });
  if (plan.slices > 1) {
    const int64_t piece = 4096;
    float* to = dk;
    in_parallel(threads, size * plan.slices > 1 << 15, over(size, piece), [&](int64_t task) {
      const int64_t begin = task * piece, end = std::min(size, begin + piece);
      std::memcpy(to + begin, parts + begin, sizeof(float) * (end - begin));
      for (int64_t slice = 1; slice < plan.slices; ++slice)
        for (int64_t n = begin; n < end; ++n) to[n] += parts[slice * size + n];
    });
  }
}

}  // namespace

void kernel_gradient(Threads& threads, const Sizes& s, const float* x, const float* g, float* dk,
                     float* scratch) {
  const Plan plan = plan_for(s, kernels()->vector, true);
  const float* input = copied(threads, plan, s, x, scratch);
  float* parts = plan.slices > 1 ? scratch + plan.copy : dk;
  // The padding's zeros matter where they meet a cotangent that is not finite. What such a one makes of a sum
  // that it has a part in is not finite either: the sums tell whether there are any.
  const Padding padding = padding_of(plan.conv);
  const int64_t cotangents = s.batch * product(s.out) * s.groups * s.outs;
  const bool first = padding.some && (padding.alone || cotangents < plan.gradient());
  const bool strict = first && !all_finite(threads, g, cotangents);
  sum_products(threads, plan, input, g, dk, parts, strict);
  if (padding.some && !first && !all_finite(threads, dk, plan.gradient()))
    sum_products(threads, plan, input, g, dk, parts, true);
}

}  // namespace jaxcnn
