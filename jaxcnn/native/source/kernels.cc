// Convolutions, pools and sums of channels of float32 on one processor core; convolution.cc, pooling.cc and
// statistics.cc share the work among threads. Compiled once for each kind of processor (vector.h).
//
// What an output is made of, and in which order, depends neither on the tile that it is computed in nor on
// the number of threads, so its bits do not either.

#include "kernels.h"

#include "channels.h"
#include "dense.h"
#include "dense_gradient.h"
#include "lanes.h"
#include "tiles.h"
#include "vector.h"
#include "windows.h"

namespace jaxcnn {
namespace {

void pack(const Conv* c, const float* kernel, float* packed, int64_t group, int64_t block) {
  c->lanes ? pack_lanes(*c, kernel, packed, block) : pack_dense(*c, kernel, packed, group, block);
}

void convolve(const ConvWork* work) {
  work->conv->lanes ? convolve_lanes(*work) : convolve_dense(*work);
}

void kernel_gradient(const GradientWork* work) {
  work->conv->lanes ? gradient_lanes(*work) : gradient_dense(*work);
}

int all_finite(const float* p, int64_t count) {
  vec sum[4] = {};
  int64_t n = 0;
  for (; n + 4 * V <= count; n += 4 * V)
    UNROLL for (int k = 0; k < 4; ++k) sum[k] += 0.f * load(p + n + k * V);
  float rest = 0;
  for (; n < count; ++n) rest += 0.f * p[n];
  return rest + lanes_summed((sum[0] + sum[1]) + (sum[2] + sum[3])) == 0;
}

void pool(const PoolWork* work) {
  switch (work->what) {
    case kMaximum: return pool_rows<Maximum>(*work, false);
    case kWinners: return pool_rows<Winners>(*work, false);
    case kShares: return pool_rows<Shares>(*work, true);
    case kTotal: return pool_rows<Total<true>>(*work, false);
    case kTotalBack: return pool_rows<Total<false>>(*work, true);
  }
}

void channels(const ChannelWork* work) {
  work->what == kMoments ? each_channel<Moments>(*work) : each_channel<ChannelSums>(*work);
}

const Kernels table = {
    V,          kBlock,       R,                pack,        convolve,       kernel_gradient,
    all_finite, input_points, cotangent_points, pack_points, convolve_tiles, sum_tiles,
    finish_points, pool,      channels};

}  // namespace

extern "C" const Kernels* JAXCNN_TABLE() { return &table; }

}  // namespace jaxcnn
