// Convolutions with kernels of 3x3 and their kernel gradients by Winograd's minimal filtering, F(2x2, 3x3): 16
// products where a sum over taps takes 36.
//
// Four pixels of 2x2 of the output need 4x4 of the input. Both of these, and the kernel, are brought to 16
// points, where a convolution is a product for each point, summed over channels:
//
//     V = B'xB    U = GkG'    y = A'(sum of V * U)A        dk = G'(sum over tiles of V * (A dy A'))G
//
//     B' = 1  0 -1  0    G =  1   0   0     A' = 1  1  1  0
//          0  1  1  0        1/2 1/2 1/2         0  1 -1 -1
//          0 -1  1  0        1/2 -1/2 1/2
//          0  1  0 -1         0   0   1
//
// (A. Lavin and S. Gray, Fast algorithms for convolutional neural networks, 2016, section 4.1.) These matrices
// let no pixel reach an output that does not see it, not even by rounding. The kernel's taps along axis 0 are
// summed at the points like channels.

#ifndef JAXCNN_TILES_H_
#define JAXCNN_TILES_H_

#include "dense.h"
#include "dense_gradient.h"
#include "vector.h"

namespace jaxcnn {
namespace {

// --- along one axis; in two, once along each

struct Four {
  vec at[4];
};

// Row r of B'd.
INLINE vec input_row(int r, vec d0, vec d1, vec d2, vec d3) {
  return r == 0 ? d0 - d2 : r == 1 ? d1 + d2 : r == 2 ? d2 - d1 : d1 - d3;
}

// Row r of A d, of two cotangents.
INLINE vec cotangent_row(int r, vec d0, vec d1) {
  return r == 0 ? d0 : r == 1 ? d0 + d1 : r == 2 ? d0 - d1 : -d1;
}

INLINE Four kernel_rows(vec k0, vec k1, vec k2) {  // G k
  const vec ends = .5f * (k0 + k2), half = .5f * k1;
  return {{k0, ends + half, ends - half, k2}};
}

INLINE void of_kernel_rows(const vec* p, int64_t step, vec* k) {  // G'p
  const vec half = .5f * (p[step] + p[2 * step]);
  k[0] = p[0] + half, k[1] = .5f * (p[step] - p[2 * step]), k[2] = half + p[3 * step];
}

INLINE void output_rows(const vec* p, int64_t step, vec* y) {  // A'p
  y[0] = p[0] + p[step] + p[2 * step], y[1] = p[step] - p[2 * step] - p[3 * step];
}

// --- where points and tiles lie

constexpr int64_t kLine = 16;  // floats of a line of the cache

// The points of a stretch of tiles are (points, tiles, channels), those of a block of the kernel (points,
// channels, block), of all taps of axis 0 one after the other. A line of the cache more lies between them, so
// that no two are a power of two apart.
struct Layout {
  int64_t depth, pitch, of_input, of_kernel, of_sums, tiles;
  Layout(const Conv& c, int64_t tiles)
      : depth(c.kernel[0] * c.ins), pitch(depth + V), of_input(tiles * pitch + kLine),
        of_kernel(depth * kBlock + kLine), of_sums(tiles * kBlock + kLine), tiles(tiles) {}
  int64_t of_cotangents(int64_t blocks) const { return blocks * tiles * kBlock + kLine; }
};

// A tile of the output: image, place along axis 0, and that of its first pixel.
struct Place {
  int64_t n, q0, q1, q2;
};

struct Places {
  const Conv& c;
  int64_t rows, columns;
  explicit Places(const Conv& conv) : c(conv), rows(over(c.out[1], 2)), columns(over(c.out[2], 2)) {}
  Place at(int64_t tile) const {
    const int64_t line = tile / columns, slice = line / rows;
    return {slice / c.out[0], slice % c.out[0], line % rows * 2, tile % columns * 2};
  }
  // The pixel of the input that lies (k0, r, s) beyond the tile's first, or null: padding.
  const float* input(const float* x, const Place& p, int64_t k0, int r, int s) const {
    const int64_t u0 = p.q0 * c.stride[0] - c.low[0] + k0 * c.dilation[0];
    const int64_t u1 = p.q1 - c.low[1] + r, u2 = p.q2 - c.low[2] + s;
    if (u0 < 0 || u0 >= c.in[0] || u1 < 0 || u1 >= c.in[1] || u2 < 0 || u2 >= c.in[2]) return nullptr;
    return x + (((p.n * c.in[0] + u0) * c.in[1] + u1) * c.in[2] + u2) * c.in_pixel;
  }
  // The output pixel (r, s) of the tile in floats, or -1: there is none.
  int64_t output(const Place& p, int r, int s) const {
    if (p.q1 + r >= c.out[1] || p.q2 + s >= c.out[2]) return -1;
    return (((p.n * c.out[0] + p.q0) * c.out[1] + p.q1 + r) * c.out[2] + p.q2 + s) * c.out_pixel;
  }
};

// Brings channels of 4x4 pixels to the points of the rows [First, End), which are `apart` floats apart.
template <int First, int End, bool Masked>
INLINE void transform_input(const float* const* from, int64_t i, int lanes, float* to, int64_t apart) {
  const auto pixel = [&](int n) INLINE_LAMBDA {
    return Masked ? load(from[n] + i, lanes) : load(from[n] + i);
  };
  vec rows[End - First][4];
  UNROLL for (int s = 0; s < 4; ++s) {
    vec d[4] = {};
    UNROLL for (int r = 0; r < 4; ++r)
      if (End - First == 4 || r == (First == 0 ? 0 : 1) || r == (First == 3 ? 3 : 2))
        d[r] = pixel(4 * r + s);
    UNROLL for (int r = First; r < End; ++r) rows[r - First][s] = input_row(r, d[0], d[1], d[2], d[3]);
  }
  UNROLL for (int r = 0; r < End - First; ++r)
    UNROLL for (int s = 0; s < 4; ++s)
      store(to + (4 * r + s) * apart + i,
            input_row(s, rows[r][0], rows[r][1], rows[r][2], rows[r][3]));
}

// A stretch of tiles of the input at the points of the rows [First, End).
template <int First, int End>
void transform_inputs(const Conv& c, const float* x, const float* zeros, int64_t begin, int64_t count, float* to) {
  const Places places(c);
  const Layout layout(c, count);
  for (int64_t t = 0; t < count; ++t) {
    const Place place = places.at(begin + t);
    for (int64_t k0 = 0; k0 < c.kernel[0]; ++k0) {
      const float* from[16];
      for (int n = 0; n < 16; ++n) {
        const float* pixel = places.input(x, place, k0, n / 4, n % 4);
        from[n] = pixel ? pixel : zeros;
      }
      float* here = to + t * layout.pitch + k0 * c.ins;
      int64_t i = 0;
      for (; i + V <= c.ins; i += V) transform_input<First, End, false>(from, i, V, here, layout.of_input);
      if (i < c.ins)
        transform_input<First, End, true>(from, i, (int)(c.ins - i), here, layout.of_input);
    }
  }
}

// --- outputs

// For each point of a block (tap of axis 0, in, block): U, what is missing zero. Returns the taps that have a weight
// which is not zero, bit by bit.
uint64_t pack_points(const Conv& c, const float* kernel, float* packed, int64_t block) {
  const int64_t taps = c.kernel[0] * 9, apart = Layout(c, 0).of_kernel;
  const int64_t n0 = block * kBlock, n = least(kBlock, c.outs - n0);
  alignas(64) float weights[9][16][kBlock];
  memset(weights, 0, sizeof(weights));
  vec seen[2] = {};
  uint64_t seen_taps = 0;
  for (int64_t k0 = 0; k0 < c.kernel[0]; ++k0)
    for (int64_t i0 = 0; i0 < c.ins; i0 += 16) {
      const int64_t count = least(16, c.ins - i0);
      for (int tap = 0; tap < 9; ++tap) {
        const int64_t number = k0 * 9 + tap;
        if (!c.turned) {  // (tap, in, out)
          const float* from = kernel + (number * c.ins + i0) * c.outs + n0;
          for (int64_t i = 0; i < count; ++i)
            memcpy(weights[tap][i], from + i * c.outs, sizeof(float) * n);
        } else {  // (last tap first, out, in)
          const float* from = kernel + ((taps - 1 - number) * c.outs + n0) * c.ins + i0;
          for (int64_t o = 0; o < n; ++o)
            for (int64_t i = 0; i < count; ++i) weights[tap][i][o] = from[o * c.ins + i];
        }
        seen[0] = seen[1] = vec{};
        for (int64_t i = 0; i < count; ++i)
          UNROLL for (int v = 0; v < 2; ++v) {
            const vec w = load(weights[tap][i] + v * V);
            seen[v] = (vec)((lanes)seen[v] | (lanes)(w != 0.f));
          }
        const lanes any = (lanes)seen[0] | (lanes)seen[1];
        for (int lane = 0; lane < V; ++lane)
          if (any[lane]) {
            seen_taps |= uint64_t{1} << number;
            break;
          }
      }
      for (int64_t i = 0; i < count; ++i)
        for (int v = 0; v < 2; ++v) {
          Four columns[3];
          UNROLL for (int s = 0; s < 3; ++s)
            columns[s] = kernel_rows(load(weights[s][i] + v * V), load(weights[3 + s][i] + v * V),
                                     load(weights[6 + s][i] + v * V));
          float* to = packed + (k0 * c.ins + i0 + i) * kBlock + v * V;
          UNROLL for (int r = 0; r < 4; ++r) {
            const Four row = kernel_rows(columns[0].at[r], columns[1].at[r], columns[2].at[r]);
            UNROLL for (int s = 0; s < 4; ++s) store(to + (4 * r + s) * apart, row.at[s]);
          }
        }
    }
  return seen_taps;
}

// The outputs of some tiles from their sums at the points, (points, tiles, block). Adds 0 * each to `rest`.
template <int N, bool Masked>
void transform_outputs(const Places& places, int64_t begin, int64_t count, const float* sums,
                       int64_t apart, float* y, int last, bool streams, vec* rest) {
  vec zero = *rest;
  for (int64_t t = 0; t < count; ++t) {
    const Place place = places.at(begin + t);
    int64_t to[4];
    for (int n = 0; n < 4; ++n) to[n] = places.output(place, n / 2, n % 2);
    UNROLL for (int n = 0; n < N; ++n) {
      vec p[16], half[8];
      UNROLL for (int k = 0; k < 16; ++k) p[k] = load(sums + k * apart + t * kBlock + n * V);
      UNROLL for (int s = 0; s < 4; ++s) {
        vec column[2];
        output_rows(p + s, 4, column);
        half[s] = column[0], half[4 + s] = column[1];
      }
      UNROLL for (int r = 0; r < 2; ++r) {
        vec row[2];
        output_rows(half + 4 * r, 1, row);
        UNROLL for (int s = 0; s < 2; ++s) {
          const int64_t place_in_y = to[2 * r + s];
          if (place_in_y < 0) continue;
          zero += 0.f * row[s];
          if (streams)
            stream(y + place_in_y + n * V, row[s]);
          else
            write<N, Masked>(y + place_in_y, n, row[s], last);
        }
      }
    }
  }
  *rest = zero;
}

// Returns whether all that it wrote is finite.
int convolve_tiles(const TileWork& work) {
  const Conv& c = *work.conv;
  const Layout layout(c, work.count);
  const bool streams = work.stream && c.outs % V == 0 && (uintptr_t)work.y % sizeof(vec) == 0;
  const int64_t in_place[1] = {0};
  const int first[1] = {0};
  Part p = {};
  p.delta = in_place, p.which = first, p.ins = p.count = layout.depth, p.end_tap = 1, p.last = V;
  vec rest = {};
  for (int64_t block = work.first_block; block < work.end_block; ++block) {
    const int64_t o = block * kBlock, left = least(kBlock, c.outs - o);
    for (int64_t k = 0; k < 16; ++k) {
      p.packed = work.packed + ((block - work.first_block) * 16 + k) * layout.of_kernel;
      for (int64_t t = 0; t < work.count; t += R) {
        Tile tile;
        tile.here = (int)least(R, work.count - t), tile.from = nullptr;
        for (int m = 0; m < R; ++m) {
          const int64_t row = t + least(m, tile.here - 1);
          tile.base[m] = work.points + k * layout.of_input + row * layout.pitch;
          tile.to[m] = work.sums + k * layout.of_sums + row * kBlock;
        }
        left > V ? dense_tiles<2>(tile, p) : dense_tiles<1>(tile, p);
      }
    }
    const int last = (int)(left > V ? left - V : left);
    const auto transform = [&](auto function) INLINE_LAMBDA {
      function(Places(c), work.begin, work.count, work.sums, layout.of_sums, work.y + o, last, streams, &rest);
    };
    if (left > V)
      last == V ? transform(transform_outputs<2, false>) : transform(transform_outputs<2, true>);
    else
      last == V ? transform(transform_outputs<1, false>) : transform(transform_outputs<1, true>);
  }
  if (streams) streamed();
  float sum = 0;
  for (int n = 0; n < V; ++n) sum += rest[n];
  return sum == 0;
}

// --- kernel gradients

// A stretch of tiles of the cotangents at the points of the rows [First, End), for blocks of channels: (points,
// blocks, tiles, block), what is missing zero.
template <int First, int End>
void transform_cotangents(const Conv& c, const float* g, int64_t begin, int64_t count, int64_t first_block,
                          int64_t end_block, float* to) {
  const Places places(c);
  const int64_t apart = Layout(c, count).of_cotangents(end_block - first_block);
  for (int64_t t = 0; t < count; ++t) {
    const Place place = places.at(begin + t);
    const float* from[4];
    for (int n = 0; n < 4; ++n) {
      const int64_t pixel = places.output(place, n / 2, n % 2);
      from[n] = pixel < 0 ? nullptr : g + pixel;
    }
    for (int64_t block = first_block; block < end_block; ++block) {
      float* there = to + ((block - first_block) * count + t) * kBlock;
      UNROLL for (int v = 0; v < 2; ++v) {
        const int64_t o = block * kBlock + v * V;
        const int exist = (int)most(0, least(V, c.outs - o));
        const auto pixel = [&](int n) INLINE_LAMBDA {
          return !from[n] || !exist ? vec{} : exist == V ? load(from[n] + o) : load(from[n] + o, exist);
        };
        vec d[4];
        UNROLL for (int n = 0; n < 4; ++n)
          if (First == 0 ? n < 2 || End > 1 : First < 3 || n > 1) d[n] = pixel(n);
          else d[n] = vec{};
        UNROLL for (int r = First; r < End; ++r) {
          const vec left = cotangent_row(r, d[0], d[2]), right = cotangent_row(r, d[1], d[3]);
          UNROLL for (int s = 0; s < 4; ++s)
            store(there + (4 * (r - First) + s) * apart + v * V, cotangent_row(s, left, right));
        }
      }
    }
  }
}

// Of a stretch of tiles, the sums of products at some points: (points, taps of axis 0 and ins, outs).
void sum_tiles(const TileGradientWork& work) {
  const Conv& c = *work.conv;
  const Layout layout(c, work.count);
  const int64_t blocks = work.end_block - work.first_block;
  const int64_t height = over(layout.depth, over(layout.depth, c.outs > V ? R : kTall));
  const Segment all = {0, 0, work.count};
  Sum s = {};
  s.x_step = layout.pitch, s.pitch = work.pitch, s.segments = &all, s.count = 1, s.more = work.more;
  for (int64_t k = 0; k < work.points; ++k)
    for (int64_t b = 0; b < blocks; ++b) {
      const int64_t o = (work.first_block + b) * kBlock, left = least(kBlock, c.outs - o);
      s.g = work.cotangents + k * layout.of_cotangents(blocks) + b * work.count * kBlock;
      s.last = (int)(left > V ? left - V : left);
      for (int64_t i = 0; i < layout.depth; i += height) {
        s.x = work.inputs + k * layout.of_input + i;
        s.to = work.sums + (k * layout.depth + i) * work.pitch + b * kBlock;
        dense_sums<kTall>(least(height, layout.depth - i), left, s);
      }
    }
}

// The gradient of the kernel from the sums at the points. Returns whether all that it wrote is finite.
int finish_points(const PointSums& sums) {
  const Conv& c = *sums.conv;
  const int64_t size = c.kernel[0] * c.ins * sums.pitch;
  vec rest = {};
  for (int64_t row = sums.begin; row < sums.end; ++row) {
    const int64_t k0 = row / c.ins, i = row % c.ins;
    for (int64_t o = sums.first_out; o < sums.end_out; o += V) {
      const int exist = (int)least(V, sums.end_out - o);
      vec p[16], half[12];
      UNROLL for (int k = 0; k < 16; ++k) {
        const float* from = sums.at + k * size + row * sums.pitch + o - sums.first_out;
        p[k] = load(from, exist);
        for (int64_t slice = 1; slice < sums.slices; ++slice) p[k] += load(from + slice * 16 * size, exist);
      }
      UNROLL for (int s = 0; s < 4; ++s) {
        vec column[3];
        of_kernel_rows(p + s, 4, column);
        UNROLL for (int r = 0; r < 3; ++r) half[4 * r + s] = column[r];
      }
      UNROLL for (int r = 0; r < 3; ++r) {
        vec k[3];
        of_kernel_rows(half + 4 * r, 1, k);
        UNROLL for (int s = 0; s < 3; ++s) {
          rest += 0.f * k[s];
          store(sums.dk + ((k0 * 9 + 3 * r + s) * c.ins + i) * c.outs + o, k[s], exist);
        }
      }
    }
  }
  float sum = 0;
  for (int n = 0; n < V; ++n) sum += rest[n];
  return sum == 0;
}

// --- for a row of points that is only known now; -1 for all

void input_points(const Conv& c, const float* x, const float* zeros, int64_t begin, int64_t count, int row,
                  float* to) {
  const auto transform = row == 0   ? transform_inputs<0, 1>
                         : row == 1 ? transform_inputs<1, 2>
                         : row == 2 ? transform_inputs<2, 3>
                         : row == 3 ? transform_inputs<3, 4>
                                    : transform_inputs<0, 4>;
  transform(c, x, zeros, begin, count, to);
}

void cotangent_points(const Conv& c, const float* g, int64_t begin, int64_t count, int64_t first_block,
                      int64_t end_block, int row, float* to) {
  const auto transform = row == 0   ? transform_cotangents<0, 1>
                         : row == 1 ? transform_cotangents<1, 2>
                         : row == 2 ? transform_cotangents<2, 3>
                         : row == 3 ? transform_cotangents<3, 4>
                                    : transform_cotangents<0, 4>;
  transform(c, g, begin, count, first_block, end_block, to);
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_TILES_H_
