// The output of a convolution whose groups fill vectors, as an indirect matrix product.
//
// For a tile of output pixels and every tap, a table says where each pixel's input lies (a block of zeros
// stands for the padding), so that strides, dilation, any number of axes and rows of any length are one
// loop. The sum over taps and channels stays in registers for as many of them as have their weights in the
// first cache; a stretch of tiles goes by before the next part of the sum.

#ifndef JAXCNN_DENSE_H_
#define JAXCNN_DENSE_H_

#include "vector.h"

namespace jaxcnn {
namespace {

// Products in a row whose weights (a block of output channels) stay in the first cache. Where a tile is
// fourteen pixels high, weights are used so often that they may as well come from the second.
constexpr int64_t kDepth = V == 16 ? int64_t{1} << 40 : 4096 / kBlock;
constexpr int64_t kStretch = 16;                                   // tiles
constexpr int64_t kPage = 1024;        // floats: what lies so far apart shares few lines of the first cache
constexpr int64_t kWays = 8;           // of those lines
constexpr int64_t kCopied = 64 << 10;  // floats of a stretch that are copied to lie otherwise
constexpr int64_t kTable = most(R * (kMostTaps + 16), int64_t{3072});  // pointers of a stretch

// For each block of output channels (tap, in, block), what is missing zero.
void pack_dense(const Conv& c, const float* kernel, float* packed, int64_t group, int64_t block) {
  const int64_t taps = c.kernel[0] * c.kernel[1] * c.kernel[2];
  const int64_t n0 = block * kBlock, n = least(kBlock, c.outs - n0);
  packed += (group * over(c.outs, kBlock) + block) * taps * c.ins * kBlock;
  if (n < kBlock) memset(packed, 0, sizeof(float) * taps * c.ins * kBlock);
  for (int64_t tap = 0; tap < taps; ++tap, packed += c.ins * kBlock) {
    if (!c.turned) {  // (tap, in, group, out)
      const float* from = kernel + tap * c.ins * c.groups * c.outs + group * c.outs + n0;
      for (int64_t i = 0; i < c.ins; ++i)
        memcpy(packed + i * kBlock, from + i * c.groups * c.outs, sizeof(float) * n);
    } else {  // (last tap first, out, group, in)
      const float* from =
          kernel + ((taps - 1 - tap) * c.outs + n0) * c.groups * c.ins + group * c.ins;
      for (int64_t i0 = 0; i0 < c.ins; i0 += 16) {
        const int64_t i1 = least(i0 + 16, c.ins);
        for (int64_t o = 0; o < n; ++o)
          for (int64_t i = i0; i < i1; ++i) packed[i * kBlock + o] = from[o * c.groups * c.ins + i];
      }
    }
  }
}

struct Tile {
  int here;                   // pixels; the table goes on with the last of them
  const float* base[R];       // if it is inside: tap t of pixel m lies at base[m] + delta[t]
  const float* const* from;   // (R, pitch): if not
  float* to[R];
};

// A part of the sum of one block of output channels: some taps, and some channels of each.
struct Part {
  int64_t pitch;              // of `from`
  const int64_t* delta;
  const int* which;           // tap -> its place in the packed kernel
  const float* packed;        // (taps, ins, block)
  int64_t ins;
  int64_t shift, out_shift;   // floats to the group's first input, to the block's first output
  int64_t tap, end_tap, in, count;
  int64_t ahead;              // floats from a pixel to the one of the next tile, where that should be fetched now
  bool more;                  // there are sums of earlier parts in y
  bool streams;
  int last;                   // lanes of the last vector that exist
};

template <int M, int N>
void dense_tile(const Tile& tile, const Part& p) {
  constexpr int kSums = N == 1 ? 2 : N;  // with one vector, two sums in turn: else they wait for each other
  vec sum[M][kSums];
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < kSums; ++n) sum[m][n] = vec{};
  if (p.more)
    UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) {
      const float* y = tile.to[m] + p.out_shift + n * V;
      sum[m][n] = n < N - 1 || p.last == V ? load(y) : load(y, p.last);
    }
  for (int64_t tap = p.tap; tap < p.end_tap; ++tap) {
    const float* from[M];
    if (tile.from)
      UNROLL for (int m = 0; m < M; ++m) from[m] = tile.from[m * p.pitch + tap] + p.shift + p.in;
    else
      UNROLL for (int m = 0; m < M; ++m) from[m] = tile.base[m] + p.delta[tap] + p.shift + p.in;
    const float* w = p.packed + (p.which[tap] * p.ins + p.in) * kBlock;
    int64_t i = 0;
    if constexpr (N == 1)
      for (; i + 4 <= p.count; i += 4, w += 4 * kBlock) {
        vec weights[4];
        UNROLL for (int n = 0; n < 4; ++n) weights[n] = load(w + n * kBlock);
        UNROLL for (int n = 0; n < 4; ++n)
          UNROLL for (int m = 0; m < M; ++m) sum[m][n % 2] += splat(from[m][i + n]) * weights[n];
      }
    while (i < p.count) {
      if (p.ahead) UNROLL for (int m = 0; m < M; ++m) __builtin_prefetch(from[m] + i + p.ahead);
      for (const int64_t end = least(i + 16, p.count); i < end; ++i, w += kBlock) {
        vec weights[N];
        UNROLL for (int n = 0; n < N; ++n) weights[n] = load(w + n * V);
        UNROLL for (int m = 0; m < M; ++m) {
          const vec x = splat(from[m][i]);
          UNROLL for (int n = 0; n < N; ++n) sum[m][n] += x * weights[n];
        }
      }
    }
  }
  if constexpr (N == 1) UNROLL for (int m = 0; m < M; ++m) sum[m][0] += sum[m][1];
  UNROLL for (int m = 0; m < M; ++m) {
    float* to = tile.to[m] + p.out_shift;
    UNROLL for (int n = 0; n < N; ++n) {
      if (p.streams)
        stream(to + n * V, sum[m][n]);
      else if (n < N - 1 || p.last == V)
        store(to + n * V, sum[m][n]);
      else
        store(to + n * V, sum[m][n], p.last);
    }
  }
}

template <int N>
void dense_tiles(const Tile& t, const Part& p) {
  if (t.here > R / 2) return dense_tile<R, N>(t, p);
  if (t.here > R / 4) return dense_tile<R / 2, N>(t, p);
  if (t.here > 1) return dense_tile<R / 4 + 1, N>(t, p);
  dense_tile<1, N>(t, p);
}

// Where the taps of a phase lie from a pixel, and which of them the input has.
struct Taps {
  int64_t delta[kMostTaps];
  int32_t offset[3][kMostTaps];
};

void locate_taps(const Conv& c, const Phase& p, Taps* taps) {
  for (int t = 0; t < p.taps; ++t) {
    for (int a = 0; a < 3; ++a) taps->offset[a][t] = (int32_t)p.offset[t][a];
    taps->delta[t] =
        ((p.offset[t][0] * c.in[1] + p.offset[t][1]) * c.in[2] + p.offset[t][2]) * c.in_pixel;
  }
}

// The tile of the positions from `position` on; its table, if it needs one, at `table`.
void locate_tile(const ConvWork& work, const Taps& taps, int64_t position, const float** table,
                 int64_t pitch, Tile* tile) {
  const Conv& c = *work.conv;
  const Phase& p = *work.phase;
  const uint32_t size[3] = {(uint32_t)c.in[0], (uint32_t)c.in[1], (uint32_t)c.in[2]};
  int64_t q[3], n = position;
  for (int a = 2; a >= 0; --a) q[a] = n % p.count[a], n /= p.count[a];
  tile->here = (int)least(R, work.end - position);
  int32_t at[R][3];
  bool inside = true;
  for (int m = 0; m < tile->here; ++m) {
    int64_t to = n, from = n;
    for (int a = 0; a < 3; ++a) {
      const int64_t u = q[a] * p.stride[a];
      at[m][a] = (int32_t)u;
      inside &= u + p.least[a] >= 0 && u + p.most[a] < c.in[a];
      to = to * c.out[a] + p.first[a] + q[a] * p.step[a];
      from = from * c.in[a] + u;
    }
    tile->to[m] = work.y + to * c.out_pixel;
    tile->base[m] = work.x + from * c.in_pixel;
    for (int a = 2; a >= 0; --a) {
      if (++q[a] < p.count[a]) break;
      q[a] = 0;
      if (a == 0) ++n;
    }
  }
  for (int m = tile->here; m < R; ++m) {  // the last pixel again
    tile->to[m] = tile->to[m - 1], tile->base[m] = tile->base[m - 1];
    for (int a = 0; a < 3; ++a) at[m][a] = at[m - 1][a];
  }
  tile->from = nullptr;
  if (inside) return;
  tile->from = table;
  for (int m = 0; m < R; ++m)
    for (int t = 0; t < p.taps; ++t) {
      const bool exists = ((uint32_t)(at[m][0] + taps.offset[0][t]) < size[0]) &
                          ((uint32_t)(at[m][1] + taps.offset[1][t]) < size[1]) &
                          ((uint32_t)(at[m][2] + taps.offset[2][t]) < size[2]);
      const int64_t there = tile->base[m] - work.x + taps.delta[t];
      table[m * pitch + t] = work.x + (exists ? there : work.zeros - work.x);
    }
}

// Copies the pixels of a tile that meet the only tap, some floats further apart than they are long.
void copy_tile(const Taps& taps, int64_t pitch, int64_t ins, int64_t apart, float* to, Tile* tile) {
  for (int m = 0; m < R; ++m, to += apart) {
    const float* pixel = tile->from ? tile->from[m * pitch] : tile->base[m] + taps.delta[0];
    if (m < tile->here) memcpy(to, pixel, sizeof(float) * ins);
    tile->base[m] = m < tile->here ? to : tile->base[m - 1];
  }
  tile->from = nullptr;
}

void convolve_dense(const ConvWork& work) {
  const Conv& c = *work.conv;
  const Phase& phase = *work.phase;
  const int64_t blocks = over(c.outs, kBlock);
  const int64_t weight = c.kernel[0] * c.kernel[1] * c.kernel[2] * c.ins * kBlock;
  Taps taps;
  locate_taps(c, phase, &taps);
  Part p;
  p.pitch = over(phase.taps, 8) * 8 + 8;
  p.delta = taps.delta, p.which = phase.which, p.ins = c.ins;
  // The same parts wherever the pixels begin: the order of a sum must not depend on threads.
  const int64_t channels = over(c.ins, over(c.ins, kDepth));
  const int64_t together = most(1, kDepth / c.ins);
  const bool whole = phase.taps <= together && channels == c.ins;
  const bool streams = work.stream && whole && c.outs % V == 0 && (uintptr_t)work.y % sizeof(vec) == 0;

  Tile tiles[kStretch];
  const float* table[kTable];
  int64_t stretch = most(1, least(kStretch, kTable / (R * p.pitch)));
  const int64_t step = phase.stride[2] * c.in_pixel, apart = c.ins + V;
  const bool copies = phase.taps == 1 && c.groups == 1 && R > kWays && step % kPage == 0 &&
                      work.end_block - work.first_block > 1 && R * apart <= kCopied;
  float copy[kCopied];
  const int64_t in_place[1] = {0};
  if (copies) stretch = least(stretch, kCopied / (R * apart)), p.delta = in_place;
  for (int64_t begin = work.begin; begin < work.end; begin += stretch * R) {
    const int64_t count = least(stretch, over(work.end - begin, R));
    for (int64_t n = 0; n < count; ++n)
      locate_tile(work, taps, begin + n * R, table + n * R * p.pitch, p.pitch, &tiles[n]);
    for (int64_t n = 0; copies && n < count; ++n)
      copy_tile(taps, p.pitch, c.ins, apart, copy + n * R * apart, &tiles[n]);
    for (int64_t unit = work.first_block; unit < work.end_block; ++unit) {
      const int64_t group = unit / blocks, o = unit % blocks * kBlock;
      const int64_t left = least(kBlock, c.outs - o);
      p.packed = work.packed + unit * weight;
      p.shift = group * c.ins, p.out_shift = group * c.outs + o;
      p.last = (int)(left > V ? left - V : left);
      p.streams = streams, p.more = false;
      // Several taps meet a pixel again and again; one alone would wait for it.
      p.ahead = phase.taps == 1 && !copies && unit == work.first_block ? R * step : 0;
      p.tap = 0;
      do {  // at least once: without taps the output is zero
        p.end_tap = least(phase.taps, p.tap + together);
        for (p.in = 0; p.in < c.ins; p.in += channels) {
          p.count = least(channels, c.ins - p.in);
          for (int64_t n = 0; n < count; ++n)
            left > V ? dense_tiles<2>(tiles[n], p) : dense_tiles<1>(tiles[n], p);
          p.more = true;
        }
        p.tap = p.end_tap;
      } while (p.tap < phase.taps);
    }
  }
  if (streams) streamed();
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_DENSE_H_
