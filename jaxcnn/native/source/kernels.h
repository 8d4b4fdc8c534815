// What the two halves of the library share: plain data only.
//
// kernels.cc is compiled once for each kind of processor, all else once for the oldest. Nothing
// with external linkage may be defined in a header that both include (an inline function, a
// template of the standard library): the linker keeps one copy, which might be the one with
// instructions that this processor lacks.

#ifndef JAXCNN_KERNELS_H_
#define JAXCNN_KERNELS_H_

#include <stddef.h>
#include <stdint.h>

namespace jaxcnn {

constexpr int kMostTaps = 256;  // after the last axis has been folded into the channels
constexpr int kMostRows = 14;   // output pixels of one register tile
constexpr int kWidestBlock = 32;  // output channels of one packed block
constexpr int64_t kLine = 16;     // floats of a line of the cache, and of the widest vector

// A convolution over three axes (those that are missing have size 1) in NHWC order. Sizes are those
// of one group. `pixel` is the number of floats from a pixel to its neighbour, in x and in y.
struct Conv {
  int64_t batch, groups, ins, outs;
  int64_t in_pixel, out_pixel;
  int64_t in[3], out[3], kernel[3], stride[3], low[3], spread[3], dilation[3];
  int turned;  // the kernel is that of the convolution whose input gradient this is
  int lanes;   // several groups share one vector
};

// The output pixels first + step * q for 0 <= q < count: those that meet the same taps, where the
// input is spread with zeros. Without spreading there is one phase, with every tap.
struct Phase {
  int64_t count[3], first[3], step[3], stride[3];
  int64_t least[3], most[3];  // of the offsets
  int taps, across;    // in all, and along the last axis
  int64_t offset[kMostTaps][3];
  int which[kMostTaps];  // number of the tap in the packed kernel
};

// A piece of work on the positions [begin, end) of a phase, for blocks of output channels, counted
// through all groups.
struct ConvWork {
  const Conv* conv;
  const Phase* phase;
  const float *x, *packed, *zeros;
  float* y;
  int64_t begin, end;
  int64_t first_block, end_block;
  int stream;  // y is too large for the caches: write past them
  int strict;  // some weights are not finite, so the padding's zeros are multiplied (lanes; dense does so always)
};

// The kernel gradient over the rows [begin, end) of output pixels (batch, out[0], out[1]): for some
// rows of taps and blocks of output channels of a group (of two vectors where groups share them).
struct GradientWork {
  const Conv* conv;
  const float *x, *g;
  float* dk;  // (*K, ins, groups * outs), written
  int64_t begin, end;
  int64_t group, first_block, end_block, first_tap_row, end_tap_row;
  int strict;  // multiply the padding's zeros too: they matter where g is not finite
};

// By minimal filtering (tiles.h), for one group: arrays begin at its first channel. The taps first[a] + taps[a] * n + k for 0 <= n < parts[a] and 0 <= k < taps[a]
// of the last two axes, taps[a] of 2 or 3.
struct Filter {
  int taps[2];
  int64_t first[2], parts[2];
  int64_t depth;  // taps of axis 0 * parts * ins
};

// A stretch of tiles of 2x2 output pixels, counted through (batch, out[0], rows of tiles, columns of tiles), of
// which there are half as many as of pixels, and some more at the edge.
struct TileInputs {
  const Conv* conv;
  const Filter* filter;
  const float *x, *zeros;
  int64_t begin, count;
  int row;  // of points, or all (-1)
};

struct TileCotangents {
  const Conv* conv;
  const Filter* filter;
  const float* g;
  int64_t begin, count, first_block, end_block;
  int row;
};

struct TileWork {
  const Conv* conv;
  const Filter* filter;
  const float *points, *packed;  // of the input; of the kernel, from the first block on
  float *sums, *y;               // sums: room for those of a block at the points
  int64_t begin, count, first_block, end_block;
  int more, stream;  // add to what is there; y is too large for the caches
};

// The sums over such a stretch of the products of inputs and cotangents at some points.
struct TileGradientWork {
  const Conv* conv;
  const Filter* filter;
  const float *inputs, *cotangents;
  float* sums;  // (points, depth, pitch), of which the blocks are the first; written
  int64_t count, points, first_block, end_block, pitch;
  int more;
};

// The sums of all slices of tiles, for the rows [begin, end) of the depth, and for some outputs.
struct PointSums {
  const Conv* conv;
  const Filter* filter;
  const float* at;  // (slices, points, depth, pitch)
  float* dk;        // (*K, ins, groups * outs), written
  int64_t slices, pitch, begin, end, first_out, end_out;
};

// Windows over three axes (those that are missing have size 1) of (batch, *in, channels). As Python
// writes it (jaxcnn/functional/_lowering/_native_pools.py).
struct Windows {
  int64_t batch, channels;
  int64_t in[3], out[3], window[3], stride[3], low[3], high[3], dilation[3];
};
constexpr int64_t kMostWindowRows = 256;  // window[0] * window[1]
constexpr int64_t kMostColumns = 512;     // of a PoolWork

enum PoolResult {
  kMaximum,    // of every window
  kWinners,    // the tap that holds it, if a window has no more than kMostNumbered
  kShares,     // for every pixel, the sum of what it gets from windows in which it has won
  kTotal,      // of every window, divided by the divisor
  kTotalBack,  // for every pixel, the sum over the windows that see it
};
constexpr int64_t kMostNumbered = 256;

// Rows [begin, end) of the result (batch, axis 0, axis 1), and of those some columns.
struct PoolWork {
  const Windows* windows;
  PoolResult what;
  const float* from;
  float* to;
  uint8_t* winners;  // read for kShares, written in place of `to` for kWinners
  int64_t begin, end, first_column, end_column;
  int stream;        // the result is too large for the caches: write past them
  float divisor = 1; // of kTotal
};

enum ChannelResult {
  kMoments,   // the mean, and the sum of squares about it
  kChannelSums,  // the sum of g, and that of g * (x - mean)
};

// Of the rows [begin, end) of (rows, channels), for each channel.
struct ChannelWork {
  int64_t channels;
  ChannelResult what;
  const float *x, *g, *mean;
  float* sums;  // (2, channels), written
  int64_t begin, end;
};

struct Kernels {
  int vector;  // floats
  int block;   // output channels of a packed block (of `vector` where groups share vectors)
  int rows;    // output pixels of a tile
  void (*pack)(const Conv*, const float* kernel, float* packed, int64_t group, int64_t block);
  void (*convolve)(const ConvWork*);
  void (*kernel_gradient)(const GradientWork*);
  int (*all_finite)(const float*, int64_t count);
  // By minimal filtering. Those of int tell whether all that they wrote is finite.
  void (*input_points)(const TileInputs*, float* to);
  void (*cotangent_points)(const TileCotangents*, float* to);
  uint64_t (*pack_points)(const Conv*, const Filter*, const float* kernel, float* packed, int64_t block);
  int (*convolve_tiles)(const TileWork*);
  void (*sum_tiles)(const TileGradientWork*);
  int (*finish_points)(const PointSums*);
  void (*pool)(const PoolWork*);
  void (*channels)(const ChannelWork*);
};

extern "C" const Kernels* jaxcnn_kernels_v3();
extern "C" const Kernels* jaxcnn_kernels_v4();
extern "C" const Kernels* jaxcnn_kernels_base();

}  // namespace jaxcnn

#endif  // JAXCNN_KERNELS_H_
