// Compiled for the oldest processor of its kind; see winograd.h.

#include "winograd.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "processor.h"
#include "sizes.h"

namespace jaxcnn {
namespace {

constexpr int64_t kMostDepthTaps = 7;          // along axis 0: one bit for each tap
constexpr int64_t kRooms = 32;                 // threads that take part at most
constexpr int64_t kRoom = int64_t{256} << 10;  // floats that a thread holds at the points at a time
constexpr int64_t kMostTiles = 56;             // of a stretch of outputs
constexpr int64_t kMostSummed = 256;           // tiles of a stretch of a kernel gradient
constexpr int64_t kLeastSummed = 32;
constexpr int64_t kWidest = 16;                // floats of a vector
constexpr int64_t kEnough = 16;                // tasks of a kernel gradient
constexpr int64_t kSums = int64_t{4} << 20;    // floats of all slices' sums, if there are several
constexpr int64_t kCached = 8 << 20;           // floats of an output that is read again from the last cache

// What applies to the sizes, after `fault` of convolution.h found nothing: two-dimensional kernels of 3x3, or
// volumes of them, step by step.
bool applies(const Sizes& s) {
  for (int a = 1; a < 3; ++a)
    if (s.kernel[a] != 3 || s.stride[a] != 1 || s.dilation[a] != 1) return false;
  return s.groups == 1 && product(s.spread) == 1 && s.kernel[0] <= kMostDepthTaps;
}

struct Plan {
  Conv conv;
  int64_t depth;  // taps of axis 0 times channels
  int64_t tiles, stretch, blocks;
  bool kernel_outweighs;  // the tiles, at the points: all of these are kept, and blocks of the kernel come and go
  // Floats at the points: of a stretch of the input and of the cotangents (a row of points, if tiles outweigh the
  // kernel), of a block of the kernel, and of the sums of a stretch and a block.
  int64_t of_input, of_cotangents, of_kernel, of_sums;
  int64_t zeros, kept, room;  // floats of each piece of the scratch memory; there are kRooms rooms
  int64_t slices;             // of a kernel gradient, with sums of their own
  int64_t stretches() const { return over(tiles, stretch); }
  int64_t size() const { return zeros + kept + kRooms * room; }
};

Plan plan_for(const Sizes& s, int64_t block, bool gradient) {
  Plan p = {};
  Conv& c = p.conv;
  c.batch = s.batch, c.groups = 1, c.ins = c.in_pixel = s.ins, c.outs = c.out_pixel = s.outs;
  for (int a = 0; a < 3; ++a) {
    c.in[a] = s.in[a], c.out[a] = s.out[a], c.kernel[a] = s.kernel[a], c.stride[a] = s.stride[a];
    c.low[a] = s.low[a], c.spread[a] = 1, c.dilation[a] = s.dilation[a];
  }
  c.turned = (int)s.turned;
  p.depth = s.kernel[0] * s.ins;
  p.tiles = s.batch * s.out[0] * over(s.out[1], 2) * over(s.out[2], 2);
  p.blocks = over(s.outs, block);
  p.zeros = over(s.ins, kWidest) * kWidest;
  // As wide as the widest vectors ask; so stretches, and the order of sums, are the same for all.
  const int64_t pitch = over(p.depth + kWidest, kWidest) * kWidest;
  const int64_t width = over(s.outs, kWidestBlock) * kWidestBlock;
  p.kernel_outweighs = p.tiles < s.outs;
  p.slices = 1;
  if (!gradient) {
    const int64_t fits = kRoom / (16 * pitch) / 14 * 14;
    p.stretch = std::min<int64_t>(p.tiles, std::max<int64_t>(14, std::min(kMostTiles, fits)));
    p.of_input = 16 * (p.stretch * pitch + kWidest);
    p.of_kernel = 16 * (p.depth * block + kWidest);
    p.of_sums = 16 * (p.stretch * kWidestBlock + kWidest);
    p.kept = p.kernel_outweighs ? p.stretches() * p.of_input : p.blocks * p.of_kernel;
    p.room = p.of_sums + (p.kernel_outweighs ? p.of_kernel : p.of_input);
  } else {
    const int64_t points = p.kernel_outweighs ? 16 : 4;
    const int64_t fits = kRoom / (4 * (pitch + width));
    p.stretch = std::min(p.tiles, std::max(kLeastSummed, std::min(kMostSummed, fits)));
    p.of_input = points * (p.stretch * pitch + kWidest);
    if (p.kernel_outweighs) {
      p.of_cotangents = points * (p.stretch * block + kWidest);  // for each block
      p.kept = p.stretches() * (p.of_input + p.blocks * p.of_cotangents);
      p.room = p.of_kernel = points * p.depth * block;
    } else {
      p.of_cotangents = points * (p.stretch * width + kWidest);
      p.of_kernel = 16 * p.depth * s.outs;  // all of it
      p.slices = std::max<int64_t>(1, std::min({kEnough / 4, p.tiles / (2 * p.stretch), kSums / p.of_kernel}));
      p.kept = over(p.slices * p.of_kernel, kWidest) * kWidest;
      p.room = p.of_input + p.of_cotangents;
    }
  }
  return p;
}

// Calls work(task, room) on some threads, each of which has a room of its own.
template <class Work>
void in_rooms(Threads& threads, bool worth_it, int64_t tasks, const Plan& plan, float* rooms, Work work) {
  const int64_t count = std::max<int64_t>(1, std::min({threads.count(), kRooms, tasks}));
  std::atomic<int64_t> next{0};
  in_parallel(threads, worth_it, count, [&](int64_t number) {
    for (int64_t task; (task = next.fetch_add(1)) < tasks;) work(task, rooms + number * plan.room);
  });
}

}  // namespace

int64_t winograd_scratch(const Sizes& s, bool gradient) {
  const int64_t plain = scratch_floats(s, gradient);
  if (plain < 0 || !applies(s) || (gradient && s.turned)) return -1;
  int64_t most = plain;
  for (int64_t block : {8, 16, 32}) most = std::max(most, plan_for(s, block, gradient).size());
  return most;
}

const char* winograd_fault(const Sizes& s, const Floats& given, bool gradient) {
  if (const char* what = fault(s, given, gradient)) return what;
  if (!applies(s)) return "a kernel that is not 3x3, or its steps are not 1";
  if (given.scratch < winograd_scratch(s, gradient)) return "too little scratch memory";
  return nullptr;
}

void winograd(Threads& threads, const Sizes& s, const float* x, const float* kernel, float* y, float* scratch) {
  const Plan plan = plan_for(s, kernels()->block, false);
  const Conv& c = plan.conv;
  float *zeros = scratch, *kept = zeros + plan.zeros, *rooms = kept + plan.kept;
  std::memset(zeros, 0, sizeof(float) * plan.zeros);
  const bool large = 16 * plan.tiles * plan.depth * c.outs > 1 << 17;
  const bool stream = s.batch * product(s.out) * s.outs > kCached;
  const uint64_t all = (uint64_t{1} << (9 * c.kernel[0])) - 1;
  std::atomic<uint64_t> seen{0};  // taps
  std::atomic<bool> finite{true};
  const auto points = [&](int64_t stretch, float* to) {
    const int64_t begin = stretch * plan.stretch;
    kernels()->input_points(&c, x, zeros, begin, std::min(plan.stretch, plan.tiles - begin), -1, to);
  };
  const auto pack = [&](int64_t block, float* to) { seen |= kernels()->pack_points(&c, kernel, to, block); };
  const auto outputs = [&](int64_t stretch, const float* points, int64_t first_block, int64_t end_block,
                           const float* packed, float* sums) {
    const int64_t begin = stretch * plan.stretch;
    const TileWork work = {&c, points, packed, sums, y, begin, std::min(plan.stretch, plan.tiles - begin),
                           first_block, end_block, stream};
    if (!kernels()->convolve_tiles(&work)) finite = false;
  };

  const int64_t stretches = plan.stretches();
  if (plan.kernel_outweighs) {
    in_parallel(threads, large, stretches,
                [&](int64_t stretch) { points(stretch, kept + stretch * plan.of_input); });
    in_rooms(threads, large, plan.blocks, plan, rooms, [&](int64_t block, float* room) {
      float* packed = room + plan.of_sums;
      pack(block, packed);
      for (int64_t stretch = 0; stretch < stretches; ++stretch)
        outputs(stretch, kept + stretch * plan.of_input, block, block + 1, packed, room);
    });
  } else {
    in_parallel(threads, large, plan.blocks, [&](int64_t block) { pack(block, kept + block * plan.of_kernel); });
    // Where stretches are few, some blocks of each for themselves.
    const int64_t parts = std::min(plan.blocks, over(4 * std::max<int64_t>(1, threads.count()), stretches));
    in_rooms(threads, large && seen == all, stretches * parts, plan, rooms, [&](int64_t task, float* room) {
      const int64_t stretch = task / parts, part = task % parts;
      const int64_t first = part * plan.blocks / parts, end = (part + 1) * plan.blocks / parts;
      float* here = room + plan.of_sums;
      points(stretch, here);
      outputs(stretch, here, first, end, kept + first * plan.of_kernel, room);
    });
  }
  if (seen != all || !finite) convolve(threads, s, x, kernel, y, scratch);
}

void winograd_kernel_gradient(Threads& threads, const Sizes& s, const float* x, const float* g, float* dk,
                              float* scratch) {
  const Plan plan = plan_for(s, kernels()->block, true);
  const Conv& c = plan.conv;
  float *zeros = scratch, *kept = zeros + plan.zeros, *rooms = kept + plan.kept;
  std::memset(zeros, 0, sizeof(float) * plan.zeros);
  const bool large = 16 * plan.tiles * plan.depth * c.outs > 1 << 17;
  std::atomic<bool> finite{true};
  const auto finish = [&](const PointSums& sums) {
    if (!kernels()->finish_points(&sums)) finite = false;
  };
  const int64_t stretches = plan.stretches();
  const auto length = [&](int64_t stretch) {
    return std::min(plan.stretch, plan.tiles - stretch * plan.stretch);
  };

  if (plan.kernel_outweighs) {
    const int64_t of_stretch = plan.of_input + plan.blocks * plan.of_cotangents, parts = plan.blocks + 1;
    const auto cotangents = [&](int64_t stretch, int64_t block) {
      return kept + stretch * of_stretch + plan.of_input + block * plan.of_cotangents;
    };
    in_parallel(threads, large, stretches * parts, [&](int64_t task) {
      const int64_t stretch = task / parts, block = task % parts, begin = stretch * plan.stretch;
      if (block == plan.blocks)
        kernels()->input_points(&c, x, zeros, begin, length(stretch), -1, kept + stretch * of_stretch);
      else
        kernels()->cotangent_points(&c, g, begin, length(stretch), block, block + 1, -1,
                                    cotangents(stretch, block));
    });
    const int64_t width = kernels()->block;
    in_rooms(threads, large, plan.blocks, plan, rooms, [&](int64_t block, float* sums) {
      for (int64_t stretch = 0; stretch < stretches; ++stretch) {
        const TileGradientWork work = {&c, kept + stretch * of_stretch, cotangents(stretch, block), sums,
                                       length(stretch), 16, block, block + 1, width, stretch > 0};
        kernels()->sum_tiles(&work);
      }
      finish({&c, sums, dk, 1, width, 0, plan.depth, block * width, std::min(c.outs, (block + 1) * width)});
    });
  } else {
    // Each row of points for itself; slices of the tiles have sums of their own. Neither depends on threads.
    const int64_t parts = std::min(plan.blocks, over(kEnough, 4 * plan.slices));
    in_rooms(threads, large, 4 * plan.slices * parts, plan, rooms, [&](int64_t task, float* room) {
      const int64_t row = task % 4, part = task / 4 % parts, slice = task / 4 / parts;
      const int64_t first_block = part * plan.blocks / parts, end_block = (part + 1) * plan.blocks / parts;
      float* cotangents = room + plan.of_input;
      float* sums = kept + slice * plan.of_kernel + row * 4 * plan.depth * c.outs + first_block * kernels()->block;
      const int64_t first = slice * stretches / plan.slices, end = (slice + 1) * stretches / plan.slices;
      for (int64_t stretch = first; stretch < end; ++stretch) {
        const int64_t begin = stretch * plan.stretch, count = length(stretch);
        kernels()->input_points(&c, x, zeros, begin, count, (int)row, room);
        kernels()->cotangent_points(&c, g, begin, count, first_block, end_block, (int)row, cotangents);
        const TileGradientWork work = {&c, room, cotangents, sums, count, 4, first_block, end_block, c.outs,
                                       stretch > first};
        kernels()->sum_tiles(&work);
      }
    });
    const int64_t together = 8;
    in_parallel(threads, plan.kept > 1 << 15, over(plan.depth, together), [&](int64_t task) {
      const int64_t begin = task * together, end = std::min(plan.depth, begin + together);
      finish({&c, kept, dk, plan.slices, c.outs, begin, end, 0, c.outs});
    });
  }
  if (!finite) kernel_gradient(threads, s, x, g, dk, scratch);
}

}  // namespace jaxcnn
