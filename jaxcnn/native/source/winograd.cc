// Compiled for the oldest processor of its kind; see winograd.h.

#include "winograd.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "processor.h"
#include "sizes.h"

namespace jaxcnn {
namespace {

constexpr int64_t kMostTapBits = 64;
constexpr int64_t kRooms = 32;                 // threads that take part, at most
constexpr int64_t kRoom = int64_t{256} << 10;  // floats that a thread holds at the points at a time
constexpr int64_t kMostTiles = 56;             // of a stretch of outputs
constexpr int64_t kMostSummed = 256;           // tiles of a stretch of a kernel gradient
constexpr int64_t kLeastSummed = 32;
constexpr int64_t kEnough = 16;                // tasks of a kernel gradient
constexpr int64_t kSums = int64_t{4} << 20;    // floats of all slices' sums, if there are several

// What applies to the sizes, after `fault` of convolution.h found nothing: kernels of several taps along both of
// the last axes, at each pixel. (Tiles of a dilated kernel are as many as steps between two of its taps at least.)
bool applies(const Sizes& s) {
  for (int a = 1; a < 3; ++a)
    if (s.kernel[a] < 2 || s.stride[a] != 1 || s.dilation[a] > s.out[a]) return false;
  return product(s.spread) == 1 && product(s.kernel) <= kMostTapBits;
}

int64_t points_of(const Filter& f) { return (f.taps[0] + 1) * (f.taps[1] + 1); }

// The parts of an axis that have `taps` taps, 3 or 2: as many threes as leave no single tap.
void parts_of(int64_t kernel, int taps, int64_t* first, int64_t* parts) {
  const int64_t threes = kernel % 3 == 1 ? kernel / 3 - 1 : kernel / 3;
  *first = taps == 3 ? 0 : 3 * threes;
  *parts = taps == 3 ? threes : (kernel - 3 * threes) / 2;
}

std::vector<Filter> filters_of(const Sizes& s) {
  std::vector<Filter> filters;
  for (int rows : {3, 2})
    for (int columns : {3, 2}) {
      Filter f = {};
      f.taps[0] = rows, f.taps[1] = columns;
      for (int a = 0; a < 2; ++a) parts_of(s.kernel[a + 1], f.taps[a], &f.first[a], &f.parts[a]);
      f.depth = s.kernel[0] * f.parts[0] * f.parts[1] * s.ins;
      if (f.depth) filters.push_back(f);
    }
  return filters;
}

// What a filter needs of the scratch memory, in floats.
struct Share {
  Filter filter;
  int64_t points;
  // At the points: a stretch of the input and of the cotangents, a block of the kernel, and the sums of a stretch
  // and a block. For a kernel gradient whose tiles outweigh the kernel, a row of points, and all of the kernel.
  int64_t of_input, of_cotangents, of_kernel, of_sums;
  int64_t slices;   // of a kernel gradient, with sums of their own
  int64_t kept, room;
};

struct Plan {
  Conv conv;
  int64_t tiles, stretch, blocks;
  bool kernel_outweighs;  // the tiles, at the points: all of these are kept, and blocks of the kernel come and go
  std::vector<Share> shares;
  int64_t zeros, kept, room, rooms;  // of the scratch memory; rooms of that size, one for each thread
  int64_t stretches() const { return over(tiles, stretch); }
  int64_t length(int64_t number) const { return std::min(stretch, tiles - number * stretch); }
  int64_t size() const { return zeros + kept + rooms * room; }
  bool is_large(const Share& share) const {
    return share.points * tiles * share.filter.depth * conv.outs > 1 << 17;
  }
};

// As wide as the widest vectors ask; so stretches, and the order of sums, are the same for all.
int64_t pitch_of(const Filter& f) { return over(f.depth + kLine, kLine) * kLine; }

int64_t widest_pitch(const Plan& p) {
  int64_t most = 0;
  for (const Share& share : p.shares) most = std::max(most, pitch_of(share.filter));
  return most;
}

void plan_outputs(int64_t block, Plan* p) {
  const int64_t fits = kRoom / (16 * widest_pitch(*p)) / 14 * 14;
  p->stretch = std::min<int64_t>(p->tiles, std::max<int64_t>(14, std::min(kMostTiles, fits)));
  for (Share& share : p->shares) {
    share.of_input = share.points * (p->stretch * pitch_of(share.filter) + kLine);
    share.of_kernel = share.points * (share.filter.depth * block + kLine);
    share.of_sums = share.points * (p->stretch * kWidestBlock + kLine);
    share.kept = p->kernel_outweighs ? p->stretches() * share.of_input : p->blocks * share.of_kernel;
    share.room = share.of_sums + (p->kernel_outweighs ? share.of_kernel : share.of_input);
    p->kept += share.kept, p->room = std::max(p->room, share.room);
  }
  p->rooms = std::min(kRooms, p->kernel_outweighs ? p->blocks : p->stretches() * p->blocks);
}

void plan_gradient(int64_t block, Plan* p) {
  const int64_t outs = p->conv.outs, width = over(outs, kWidestBlock) * kWidestBlock;
  const int64_t fits = kRoom / (4 * (widest_pitch(*p) + width));
  p->stretch = std::min(p->tiles, std::max(kLeastSummed, std::min(kMostSummed, fits)));
  for (Share& share : p->shares) {
    const int64_t points = p->kernel_outweighs ? share.points : share.filter.taps[1] + 1;
    share.of_input = points * (p->stretch * pitch_of(share.filter) + kLine);
    share.slices = 1;
    if (p->kernel_outweighs) {
      share.of_cotangents = points * (p->stretch * block + kLine);  // for each block
      share.kept = p->stretches() * (share.of_input + p->blocks * share.of_cotangents);
      share.room = share.of_kernel = points * share.filter.depth * block;
    } else {
      share.of_cotangents = points * (p->stretch * width + kLine);
      share.of_kernel = share.points * share.filter.depth * outs;
      share.slices =
          std::max<int64_t>(1, std::min({kEnough / 4, p->tiles / (2 * p->stretch), kSums / share.of_kernel}));
      share.kept = over(share.slices * share.of_kernel, kLine) * kLine;
      share.room = share.of_input + share.of_cotangents;
    }
    // One filter after the other.
    p->kept = std::max(p->kept, share.kept), p->room = std::max(p->room, share.room);
    p->rooms = std::max(p->rooms, p->kernel_outweighs ? p->blocks : 4 * share.slices * p->blocks);
  }
  p->rooms = std::min(kRooms, p->rooms);
}

Plan plan_for(const Sizes& s, int64_t block, bool gradient) {
  Plan p = {};
  p.conv = conv_of(s);
  p.tiles = s.batch * s.out[0];
  for (int a = 1; a < 3; ++a) p.tiles *= over(s.out[a], 2 * s.dilation[a]) * s.dilation[a];
  p.blocks = over(s.outs, block);
  p.kernel_outweighs = p.tiles < s.outs;
  p.zeros = over(s.ins, kLine) * kLine;
  for (const Filter& f : filters_of(s)) {
    Share share = {};
    share.filter = f, share.points = points_of(f);
    p.shares.push_back(share);
  }
  gradient ? plan_gradient(block, &p) : plan_outputs(block, &p);
  return p;
}

// Calls work(task, room) on some threads, each of which has a room of its own.
template <class Work>
void in_rooms(Threads& threads, bool worth_it, int64_t tasks, const Plan& plan, float* rooms, Work work) {
  const int64_t count = std::max<int64_t>(1, std::min({threads.count(), plan.rooms, tasks}));
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
  if (!applies(s)) return "a kernel without several taps along two axes, steps beyond the map, or strides that are not 1";
  if (given.scratch < plan_for(s, kernels()->block, gradient).size()) return "too little scratch memory";
  return nullptr;
}

namespace {

// The output of one group. Returns whether it is as it must be: finite, and of a kernel with all its taps.
bool group_outputs(Threads& threads, const Plan& plan, const float* x, const float* kernel, float* y,
                   float* scratch) {
  const Conv& c = plan.conv;
  float *zeros = scratch, *kept = zeros + plan.zeros, *rooms = kept + plan.kept;
  const int64_t stretches = plan.stretches(), last = (int64_t)plan.shares.size() - 1;
  const bool stream = last == 0 && c.batch * product(c.out) * c.out_pixel > kCached;
  std::atomic<uint64_t> seen{0};  // taps
  std::atomic<bool> finite{true};
  const auto points = [&](const Share& share, int64_t stretch, float* to) {
    const TileInputs inputs = {&c, &share.filter, x, zeros, stretch * plan.stretch, plan.length(stretch), -1};
    kernels()->input_points(&inputs, to);
  };
  const auto pack = [&](const Share& share, int64_t block, float* to) {
    seen |= kernels()->pack_points(&c, &share.filter, kernel, to, block);
  };
  const auto outputs = [&](int64_t number, int64_t stretch, const float* points, int64_t first_block,
                           int64_t end_block, const float* packed, float* sums) {
    const TileWork work = {&c, &plan.shares[number].filter, points, packed, sums, y, stretch * plan.stretch,
                           plan.length(stretch), first_block, end_block, number > 0, stream};
    // What is not finite in the output of one filter is not so in the sum.
    if (!kernels()->convolve_tiles(&work) && number == last) finite = false;
  };

  float* of_share = kept;
  if (plan.kernel_outweighs) {
    for (int64_t number = 0; number <= last; of_share += plan.shares[number++].kept) {
      const Share& share = plan.shares[number];
      in_parallel(threads, plan.is_large(share), stretches,
                  [&](int64_t stretch) { points(share, stretch, of_share + stretch * share.of_input); });
      in_rooms(threads, plan.is_large(share), plan.blocks, plan, rooms, [&](int64_t block, float* room) {
        float* packed = room + share.of_sums;
        pack(share, block, packed);
        for (int64_t stretch = 0; stretch < stretches; ++stretch)
          outputs(number, stretch, of_share + stretch * share.of_input, block, block + 1, packed, room);
      });
    }
  } else {
    for (const Share& share : plan.shares) {
      in_parallel(threads, plan.is_large(share), plan.blocks,
                  [&](int64_t block) { pack(share, block, of_share + block * share.of_kernel); });
      of_share += share.kept;
    }
    // Where stretches are few, some blocks of each for themselves.
    const int64_t parts = std::min(plan.blocks, over(4 * std::max<int64_t>(1, threads.count()), stretches));
    in_rooms(threads, plan.is_large(plan.shares[0]), stretches * parts, plan, rooms, [&](int64_t task, float* room) {
      const int64_t stretch = task / parts, part = task % parts;
      const int64_t first = part * plan.blocks / parts, end = (part + 1) * plan.blocks / parts;
      const float* packed = kept;
      for (int64_t number = 0; number <= last; packed += plan.shares[number++].kept) {
        const Share& share = plan.shares[number];
        float* here = room + share.of_sums;
        points(share, stretch, here);
        outputs(number, stretch, here, first, end, packed + first * share.of_kernel, room);
      }
    });
  }
  const int64_t taps = product(c.kernel);
  const uint64_t all = taps == kMostTapBits ? ~uint64_t{0} : (uint64_t{1} << taps) - 1;
  return seen == all && finite;
}

}  // namespace

void winograd(Threads& threads, const Sizes& s, const float* x, const float* kernel, float* y, float* scratch) {
  const Plan plan = plan_for(s, kernels()->block, false);
  std::memset(scratch, 0, sizeof(float) * plan.zeros);
  for (int64_t group = 0; group < s.groups; ++group)
    if (!group_outputs(threads, plan, x + group * s.ins, kernel + group * (s.turned ? s.ins : s.outs),
                       y + group * s.outs, scratch))
      return convolve(threads, s, x, kernel, y, scratch);
}

namespace {

// The gradient of one filter of one group. Returns whether it is finite.
bool filter_gradient(Threads& threads, const Plan& plan, const Share& share, const float* x, const float* g,
                     float* dk, float* scratch) {
  const Conv& c = plan.conv;
  float *zeros = scratch, *kept = zeros + plan.zeros, *rooms = kept + plan.kept;
  const Filter* f = &share.filter;
  const bool large = plan.is_large(share);
  const int64_t stretches = plan.stretches(), width = kernels()->block;
  std::atomic<bool> finite{true};
  const auto inputs = [&](int64_t stretch, int row, float* to) {
    const TileInputs work = {&c, f, x, zeros, stretch * plan.stretch, plan.length(stretch), row};
    kernels()->input_points(&work, to);
  };
  const auto cotangents = [&](int64_t stretch, int64_t first_block, int64_t end_block, int row, float* to) {
    const TileCotangents work = {&c, f, g, stretch * plan.stretch, plan.length(stretch), first_block, end_block,
                                 row};
    kernels()->cotangent_points(&work, to);
  };
  const auto finish = [&](const PointSums& sums) {
    if (!kernels()->finish_points(&sums)) finite = false;
  };

  if (plan.kernel_outweighs) {
    const int64_t of_stretch = share.of_input + plan.blocks * share.of_cotangents, parts = plan.blocks + 1;
    const auto place = [&](int64_t stretch, int64_t block) {
      return kept + stretch * of_stretch + share.of_input + block * share.of_cotangents;
    };
    in_parallel(threads, large, stretches * parts, [&](int64_t task) {
      const int64_t stretch = task / parts, block = task % parts;
      block == plan.blocks ? inputs(stretch, -1, kept + stretch * of_stretch)
                           : cotangents(stretch, block, block + 1, -1, place(stretch, block));
    });
    in_rooms(threads, large, plan.blocks, plan, rooms, [&](int64_t block, float* sums) {
      for (int64_t stretch = 0; stretch < stretches; ++stretch) {
        const TileGradientWork work = {&c, f, kept + stretch * of_stretch, place(stretch, block), sums,
                                       plan.length(stretch), share.points, block, block + 1, width, stretch > 0};
        kernels()->sum_tiles(&work);
      }
      finish({&c, f, sums, dk, 1, width, 0, f->depth, block * width, std::min(c.outs, (block + 1) * width)});
    });
    return finite;
  }

  // Each row of points for itself; slices of the tiles have sums of their own. Neither depends on threads.
  const int64_t rows = f->taps[0] + 1, across = f->taps[1] + 1;
  const int64_t parts = std::min(plan.blocks, over(kEnough, rows * share.slices));
  in_rooms(threads, large, rows * share.slices * parts, plan, rooms, [&](int64_t task, float* room) {
    const int64_t row = task % rows, part = task / rows % parts, slice = task / rows / parts;
    const int64_t first_block = part * plan.blocks / parts, end_block = (part + 1) * plan.blocks / parts;
    float* here = room + share.of_input;
    float* sums = kept + slice * share.of_kernel + row * across * f->depth * c.outs + first_block * width;
    const int64_t first = slice * stretches / share.slices, end = (slice + 1) * stretches / share.slices;
    for (int64_t stretch = first; stretch < end; ++stretch) {
      inputs(stretch, (int)row, room);
      cotangents(stretch, first_block, end_block, (int)row, here);
      const TileGradientWork work = {&c, f, room, here, sums, plan.length(stretch), across, first_block, end_block,
                                     c.outs, stretch > first};
      kernels()->sum_tiles(&work);
    }
  });
  const int64_t together = 8;
  in_parallel(threads, share.kept > 1 << 15, over(f->depth, together), [&](int64_t task) {
    const int64_t begin = task * together, end = std::min(f->depth, begin + together);
    finish({&c, f, kept, dk, share.slices, c.outs, begin, end, 0, c.outs});
  });
  return finite;
}

}  // namespace

void winograd_kernel_gradient(Threads& threads, const Sizes& s, const float* x, const float* g, float* dk,
                              float* scratch) {
  const Plan plan = plan_for(s, kernels()->block, true);
  std::memset(scratch, 0, sizeof(float) * plan.zeros);
  for (int64_t group = 0; group < s.groups; ++group)
    for (const Share& share : plan.shares)
      if (!filter_gradient(threads, plan, share, x + group * s.ins, g + group * s.outs, dk + group * s.outs, scratch))
        return kernel_gradient(threads, s, x, g, dk, scratch);
}

}  // namespace jaxcnn
