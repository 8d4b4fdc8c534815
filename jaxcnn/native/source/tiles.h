// Convolutions and their kernel gradients by Winograd's minimal filtering, F(2x2, 3x3): 16 products where a sum
// over taps takes 36.
//
// Four pixels of 2x2 of the output need 4x4 of the input. Both of these, and the kernel, are brought to 16
// points, where a convolution is a product for each point, summed over channels:
//
//     V = B'xB    U = GkG'    y = A'(sum of V * U)A        dk = G'(sum over tiles of V * (A dy A'))G
//
//     B' = 1  0 -1  0    G =  1   0   0     A' = 1  1  1  0       of two taps:  B' = 1 -1  0    G = 1  0
//          0  1  1  0        1/2 1/2 1/2         0  1 -1 -1                          0  1  0        1  1
//          0 -1  1  0        1/2 -1/2 1/2                         A' = 1  1  0       0 -1  1        0  1
//          0  1  0 -1         0   0   1                                0  1  1
//
// (A. Lavin and S. Gray, Fast algorithms for convolutional neural networks, 2016, section 4.1.) These matrices
// let no pixel reach an output that does not see it, not even by rounding. Those of more taps would, and round
// more: a larger kernel is a sum of filters of two and three taps along each axis (5x5: 49 products where there
// were 100), and taps along axis 0 are summed at the points like channels.

#ifndef JAXCNN_TILES_H_
#define JAXCNN_TILES_H_

#include "dense.h"
#include "dense_gradient.h"
#include "vector.h"

namespace jaxcnn {
namespace {

// --- along one axis, for filters of L taps; in two, once along each

// Row r of B'd.
template <int L>
INLINE vec input_row(int r, const vec* d) {
  if (L == 2) return r == 0 ? d[0] - d[1] : r == 1 ? d[1] : d[2] - d[1];
  return r == 0 ? d[0] - d[2] : r == 1 ? d[1] + d[2] : r == 2 ? d[2] - d[1] : d[1] - d[3];
}

// Whether some row of [first, end) of B'd needs d[n].
template <int L>
constexpr bool needs(int first, int end, int n) {
  if (end - first > 1) return true;
  if (L == 2) return n == 1 || n == first;
  return n == (first == 0 ? 0 : 1) || n == (first == 3 ? 3 : 2);
}

// Row r of A d, of two cotangents.
template <int L>
INLINE vec cotangent_row(int r, vec d0, vec d1) {
  if (r == 0) return d0;
  if (r == 1) return d0 + d1;
  return L == 2 ? d1 : r == 2 ? d0 - d1 : -d1;
}

template <int L>
INLINE void kernel_rows(const vec* k, int64_t step, vec* p) {  // G k
  if constexpr (L == 2) {
    p[0] = k[0], p[1] = k[0] + k[step], p[2] = k[step];
  } else {
    const vec ends = .5f * (k[0] + k[2 * step]), half = .5f * k[step];
    p[0] = k[0], p[1] = ends + half, p[2] = ends - half, p[3] = k[2 * step];
  }
}

template <int L>
INLINE void of_kernel_rows(const vec* p, int64_t step, vec* k) {  // G'p
  if constexpr (L == 2) {
    k[0] = p[0] + p[step], k[1] = p[step] + p[2 * step];
  } else {
    const vec half = .5f * (p[step] + p[2 * step]);
    k[0] = p[0] + half, k[1] = .5f * (p[step] - p[2 * step]), k[2] = half + p[3 * step];
  }
}

template <int L>
INLINE void output_rows(const vec* p, int64_t step, vec* y) {  // A'p
  if constexpr (L == 2)
    y[0] = p[0] + p[step], y[1] = p[step] + p[2 * step];
  else
    y[0] = p[0] + p[step] + p[2 * step], y[1] = p[step] - p[2 * step] - p[3 * step];
}

// The taps of a filter along the last two axes, where the compiler knows them.
template <int A, int B>
struct Size {
  static constexpr int rows = A, columns = B, across = B + 1, points = (A + 1) * (B + 1);
};

template <class Function>
INLINE auto for_size(const Filter& f, Function function) {
  if (f.taps[0] == 3) return f.taps[1] == 3 ? function(Size<3, 3>{}) : function(Size<3, 2>{});
  return f.taps[1] == 3 ? function(Size<2, 3>{}) : function(Size<2, 2>{});
}

// One row of points, or all (-1), where the compiler knows which.
template <int First, int End>
struct Rows {
  static constexpr int first = First, end = End;
};

template <class Function>
INLINE void for_rows(const Filter& f, int row, Function function) {
  for_size(f, [&](auto size) {
    constexpr int last = decltype(size)::rows;
    switch (row) {
      case 0: return function(size, Rows<0, 1>{});
      case 1: return function(size, Rows<1, 2>{});
      case 2: return function(size, Rows<2, 3>{});
      case 3: return function(size, Rows<last, last + 1>{});
      default: return function(size, Rows<0, last + 1>{});
    }
  });
}

// --- where points and tiles lie

// The points of a stretch of tiles are (points, tiles, channels), those of a block of the kernel (points,
// channels, block), of all parts and taps of axis 0 one after the other. A line of the cache more lies between
// them, so that no two are a power of two apart.
struct Layout {
  int64_t tiles, depth, pitch, of_input, of_kernel, of_sums;
  Layout(const Filter& f, int64_t count)
      : tiles(count), depth(f.depth), pitch(depth + V), of_input(tiles * pitch + kLine),
        of_kernel(depth * kBlock + kLine), of_sums(tiles * kBlock + kLine) {}
  int64_t of_cotangents(int64_t blocks) const { return blocks * tiles * kBlock + kLine; }
};

// Calls function(tap of axis 0, first tap of the last axes), in the order in which channels follow.
template <class Function>
INLINE void each_part(const Conv& c, const Filter& f, Function function) {
  for (int64_t k0 = 0; k0 < c.kernel[0]; ++k0)
    for (int64_t i = 0; i < f.parts[0]; ++i)
      for (int64_t j = 0; j < f.parts[1]; ++j)
        function(k0, f.first[0] + i * f.taps[0], f.first[1] + j * f.taps[1]);
}

// A tile of the output: image, place along axis 0, and that of its first pixel. Its pixels are a step of the
// dilation apart, as are those of the input that they see.
struct Place {
  int64_t n, q0, q1, q2;
};

struct Places {
  const Conv& c;
  int64_t rows, columns;
  explicit Places(const Conv& conv) : c(conv), rows(tiles_of(1)), columns(tiles_of(2)) {}
  int64_t tiles_of(int axis) const { return over(c.out[axis], 2 * c.dilation[axis]) * c.dilation[axis]; }
  Place at(int64_t tile) const {
    const int64_t line = tile / columns, slice = line / rows;
    return {slice / c.out[0], slice % c.out[0], first(1, line % rows), first(2, tile % columns)};
  }
  int64_t first(int axis, int64_t number) const {
    const int64_t step = c.dilation[axis];
    return step == 1 ? 2 * number : number / step * 2 * step + number % step;
  }
  // The pixel of the input that lies (k0, r, s) beyond the tile's first, or null: padding.
  const float* input(const float* x, const Place& p, int64_t k0, int64_t r, int64_t s) const {
    const int64_t u0 = p.q0 * c.stride[0] - c.low[0] + k0 * c.dilation[0];
    const int64_t u1 = p.q1 - c.low[1] + r * c.dilation[1], u2 = p.q2 - c.low[2] + s * c.dilation[2];
    if (u0 < 0 || u0 >= c.in[0] || u1 < 0 || u1 >= c.in[1] || u2 < 0 || u2 >= c.in[2]) return nullptr;
    return x + (((p.n * c.in[0] + u0) * c.in[1] + u1) * c.in[2] + u2) * c.in_pixel;
  }
  // The output pixel (r, s) of the tile in floats, or -1: there is none.
  int64_t output(const Place& p, int r, int s) const {
    const int64_t q1 = p.q1 + r * c.dilation[1], q2 = p.q2 + s * c.dilation[2];
    if (q1 >= c.out[1] || q2 >= c.out[2]) return -1;
    return (((p.n * c.out[0] + p.q0) * c.out[1] + q1) * c.out[2] + q2) * c.out_pixel;
  }
};

// Brings channels of a tile's pixels to the points of the rows [First, End), which are `apart` floats apart.
template <class S, int First, int End, bool Masked>
INLINE void transform_input(const float* const* from, int64_t i, int lanes, float* to, int64_t apart) {
  vec rows[End - First][S::across];
  UNROLL for (int s = 0; s < S::across; ++s) {
    vec d[S::rows + 1];
    UNROLL for (int r = 0; r <= S::rows; ++r) {
      const float* pixel = from[r * S::across + s] + i;
      d[r] = !needs<S::rows>(First, End, r) ? vec{} : Masked ? load(pixel, lanes) : load(pixel);
    }
    UNROLL for (int r = First; r < End; ++r) rows[r - First][s] = input_row<S::rows>(r, d);
  }
  UNROLL for (int r = 0; r < End - First; ++r)
    UNROLL for (int s = 0; s < S::across; ++s)
      store(to + (S::across * r + s) * apart + i, input_row<S::columns>(s, rows[r]));
}

// A stretch of tiles of the input at the points of the rows [First, End).
template <class S, int First, int End>
void transform_inputs(const TileInputs& t, float* to) {
  const Conv& c = *t.conv;
  const Places places(c);
  const Layout layout(*t.filter, t.count);
  for (int64_t n = 0; n < t.count; ++n, to += layout.pitch) {
    const Place place = places.at(t.begin + n);
    float* there = to;
    each_part(c, *t.filter, [&](int64_t k0, int64_t k1, int64_t k2) INLINE_LAMBDA {
      const float* from[S::points];
      for (int r = 0; r <= S::rows; ++r)
        for (int s = 0; s < S::across; ++s) {
          const float* pixel = places.input(t.x, place, k0, k1 + r, k2 + s);
          from[r * S::across + s] = pixel ? pixel : t.zeros;
        }
      int64_t i = 0;
      for (; i + V <= c.ins; i += V) transform_input<S, First, End, false>(from, i, V, there, layout.of_input);
      if (i < c.ins)
        transform_input<S, First, End, true>(from, i, (int)(c.ins - i), there, layout.of_input);
      there += c.ins;
    });
  }
}

// --- outputs

// For each point of a block (channels, block): U, what is missing zero. Returns the taps that have a weight which
// is not zero, bit by bit.
template <class S>
uint64_t pack_filter(const Conv& c, const Filter& f, const float* kernel, float* packed, int64_t block) {
  constexpr int kTaps = S::rows * S::columns;
  const int64_t taps = c.kernel[0] * c.kernel[1] * c.kernel[2], apart = Layout(f, 0).of_kernel;
  const int64_t n0 = block * kBlock, n = least(kBlock, c.outs - n0);
  alignas(64) float weights[kTaps][16][kBlock];
  memset(weights, 0, sizeof(weights));
  uint64_t seen_taps = 0;
  each_part(c, f, [&](int64_t k0, int64_t k1, int64_t k2) {
    for (int64_t i0 = 0; i0 < c.ins; i0 += 16) {
      const int64_t count = least(16, c.ins - i0);
      for (int tap = 0; tap < kTaps; ++tap) {
        const int64_t number =
            (k0 * c.kernel[1] + k1 + tap / S::columns) * c.kernel[2] + k2 + tap % S::columns;
        if (!c.turned) {  // (tap, in, group, out)
          const int64_t step = c.groups * c.outs;
          const float* from = kernel + (number * c.ins + i0) * step + n0;
          for (int64_t i = 0; i < count; ++i) memcpy(weights[tap][i], from + i * step, sizeof(float) * n);
        } else {  // (last tap first, out, group, in)
          const int64_t step = c.groups * c.ins;
          const float* from = kernel + ((taps - 1 - number) * c.outs + n0) * step + i0;
          for (int64_t o = 0; o < n; ++o)
            for (int64_t i = 0; i < count; ++i) weights[tap][i][o] = from[o * step + i];
        }
        lanes seen = {};
        for (int64_t i = 0; i < count; ++i)
          UNROLL for (int v = 0; v < 2; ++v) seen |= load(weights[tap][i] + v * V) != 0.f;
        for (int lane = 0; lane < V; ++lane)
          if (seen[lane]) {
            seen_taps |= uint64_t{1} << number;
            break;
          }
      }
      for (int64_t i = 0; i < count; ++i, packed += kBlock)
        for (int v = 0; v < 2; ++v) {
          vec k[kTaps], half[(S::rows + 1) * S::columns], p[S::across];
          UNROLL for (int tap = 0; tap < kTaps; ++tap) k[tap] = load(weights[tap][i] + v * V);
          UNROLL for (int s = 0; s < S::columns; ++s) {
            vec column[S::rows + 1];
            kernel_rows<S::rows>(k + s, S::columns, column);
            UNROLL for (int r = 0; r <= S::rows; ++r) half[r * S::columns + s] = column[r];
          }
          UNROLL for (int r = 0; r <= S::rows; ++r) {
            kernel_rows<S::columns>(half + r * S::columns, 1, p);
            UNROLL for (int s = 0; s < S::across; ++s)
              store(packed + (S::across * r + s) * apart + v * V, p[s]);
          }
        }
    }
  });
  return seen_taps;
}

// The outputs of some tiles from their sums at the points, (points, tiles, block). Adds 0 * each to `rest`.
template <class S, int N, bool Masked>
void transform_outputs(const TileWork& work, const Layout& layout, float* y, int last, bool streams, vec* rest) {
  const Places places(*work.conv);
  vec zero = *rest;
  for (int64_t t = 0; t < work.count; ++t) {
    const Place place = places.at(work.begin + t);
    int64_t to[4];
    for (int n = 0; n < 4; ++n) to[n] = places.output(place, n / 2, n % 2);
    UNROLL for (int n = 0; n < N; ++n) {
      vec p[S::points], half[2][S::across];
      UNROLL for (int k = 0; k < S::points; ++k)
        p[k] = load(work.sums + k * layout.of_sums + t * kBlock + n * V);
      UNROLL for (int s = 0; s < S::across; ++s) {
        vec column[2];
        output_rows<S::rows>(p + s, S::across, column);
        half[0][s] = column[0], half[1][s] = column[1];
      }
      UNROLL for (int r = 0; r < 2; ++r) {
        vec row[2];
        output_rows<S::columns>(half[r], 1, row);
        UNROLL for (int s = 0; s < 2; ++s) {
          if (to[2 * r + s] < 0) continue;
          float* there = y + to[2 * r + s];
          if (work.more) row[s] += read<N, Masked>(there, n, last);
          zero += 0.f * row[s];
          streams ? stream(there + n * V, row[s]) : write<N, Masked>(there, n, row[s], last);
        }
      }
    }
  }
  *rest = zero;
}

template <class S>
int convolve_filter(const TileWork& work) {
  const Conv& c = *work.conv;
  const Layout layout(*work.filter, work.count);
  const bool streams = work.stream && c.outs % V == 0 && c.out_pixel % V == 0 && (uintptr_t)work.y % sizeof(vec) == 0;
  const int64_t in_place[1] = {0};
  const int first[1] = {0};
  Part p = {};
  p.delta = in_place, p.which = first, p.ins = p.count = layout.depth, p.end_tap = 1, p.last = V;
  vec rest = {};
  for (int64_t block = work.first_block; block < work.end_block; ++block) {
    const int64_t o = block * kBlock, left = least(kBlock, c.outs - o);
    for (int64_t k = 0; k < S::points; ++k) {
      p.packed = work.packed + ((block - work.first_block) * S::points + k) * layout.of_kernel;
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
      function(work, layout, work.y + o, last, streams, &rest);
    };
    if (left > V)
      last == V ? transform(transform_outputs<S, 2, false>) : transform(transform_outputs<S, 2, true>);
    else
      last == V ? transform(transform_outputs<S, 1, false>) : transform(transform_outputs<S, 1, true>);
  }
  if (streams) streamed();
  return lanes_summed(rest) == 0;
}

// --- kernel gradients

// A stretch of tiles of the cotangents at the points of the rows [First, End), for blocks of channels: (points,
// blocks, tiles, block), what is missing zero.
template <class S, int First, int End>
void transform_cotangents(const TileCotangents& t, float* to) {
  const Conv& c = *t.conv;
  const Places places(c);
  const int64_t apart = Layout(*t.filter, t.count).of_cotangents(t.end_block - t.first_block);
  for (int64_t n = 0; n < t.count; ++n) {
    const Place place = places.at(t.begin + n);
    const float* from[4];
    for (int k = 0; k < 4; ++k) {
      const int64_t pixel = places.output(place, k / 2, k % 2);
      from[k] = pixel < 0 ? nullptr : t.g + pixel;
    }
    for (int64_t block = t.first_block; block < t.end_block; ++block) {
      float* there = to + ((block - t.first_block) * t.count + n) * kBlock;
      UNROLL for (int v = 0; v < 2; ++v) {
        const int64_t o = block * kBlock + v * V;
        const int64_t exist = c.outs - o;
        vec d[4];
        UNROLL for (int k = 0; k < 4; ++k)
          d[k] = from[k] ? load_existing(from[k] + o, exist) : vec{};
        UNROLL for (int r = First; r < End; ++r) {
          const vec left = cotangent_row<S::rows>(r, d[0], d[2]), right = cotangent_row<S::rows>(r, d[1], d[3]);
          UNROLL for (int s = 0; s < S::across; ++s)
            store(there + (S::across * (r - First) + s) * apart + v * V, cotangent_row<S::columns>(s, left, right));
        }
      }
    }
  }
}

// The gradient of the filter from the sums at the points.
template <class S>
int finish_filter(const PointSums& sums) {
  const Conv& c = *sums.conv;
  const Filter& f = *sums.filter;
  const int64_t size = f.depth * sums.pitch;
  vec rest = {};
  int64_t row = 0;  // of the sums: the first input of a part
  each_part(c, f, [&](int64_t k0, int64_t k1, int64_t k2) {
    const int64_t begin = most(0, sums.begin - row), end = least(c.ins, sums.end - row);
    for (int64_t i = begin; i < end; ++i)
      for (int64_t o = sums.first_out; o < sums.end_out; o += V) {
        const int exist = (int)least(V, sums.end_out - o);
        vec p[S::points], half[S::rows][S::across];
        UNROLL for (int n = 0; n < S::points; ++n) {
          const float* from = sums.at + n * size + (row + i) * sums.pitch + o - sums.first_out;
          p[n] = load(from, exist);
          for (int64_t slice = 1; slice < sums.slices; ++slice)
            p[n] += load(from + slice * S::points * size, exist);
        }
        UNROLL for (int s = 0; s < S::across; ++s) {
          vec column[S::rows];
          of_kernel_rows<S::rows>(p + s, S::across, column);
          UNROLL for (int r = 0; r < S::rows; ++r) half[r][s] = column[r];
        }
        UNROLL for (int r = 0; r < S::rows; ++r) {
          vec k[S::columns];
          of_kernel_rows<S::columns>(half[r], 1, k);
          UNROLL for (int s = 0; s < S::columns; ++s) {
            const int64_t tap = (k0 * c.kernel[1] + k1 + r) * c.kernel[2] + k2 + s;
            rest += 0.f * k[s];
            store(sums.dk + (tap * c.ins + i) * c.groups * c.outs + o, k[s], exist);
          }
        }
      }
    row += c.ins;
  });
  return lanes_summed(rest) == 0;
}

// --- what kernels.h promises, for any filter

void input_points(const TileInputs* t, float* to) {
  for_rows(*t->filter, t->row, [&](auto size, auto rows) {
    transform_inputs<decltype(size), rows.first, rows.end>(*t, to);
  });
}

void cotangent_points(const TileCotangents* t, float* to) {
  for_rows(*t->filter, t->row, [&](auto size, auto rows) {
    transform_cotangents<decltype(size), rows.first, rows.end>(*t, to);
  });
}

uint64_t pack_points(const Conv* c, const Filter* f, const float* kernel, float* packed, int64_t block) {
  return for_size(*f, [&](auto size) { return pack_filter<decltype(size)>(*c, *f, kernel, packed, block); });
}

int convolve_tiles(const TileWork* work) {
  return for_size(*work->filter, [&](auto size) { return convolve_filter<decltype(size)>(*work); });
}

void sum_tiles(const TileGradientWork* work) {
  const Layout layout(*work->filter, work->count);
  const int64_t blocks = work->end_block - work->first_block, outs = work->conv->outs;
  const int64_t height = over(layout.depth, over(layout.depth, outs > V ? R : kTall));
  const Segment all = {0, 0, work->count};
  Sum s = {};
  s.x_step = layout.pitch, s.pitch = work->pitch, s.segments = &all, s.count = 1, s.more = work->more;
  for (int64_t k = 0; k < work->points; ++k)
    for (int64_t b = 0; b < blocks; ++b) {
      const int64_t left = least(kBlock, outs - (work->first_block + b) * kBlock);
      s.g = work->cotangents + k * layout.of_cotangents(blocks) + b * work->count * kBlock;
      s.last = (int)(left > V ? left - V : left);
      for (int64_t i = 0; i < layout.depth; i += height) {
        s.x = work->inputs + k * layout.of_input + i;
        s.to = work->sums + (k * layout.depth + i) * work->pitch + b * kBlock;
        dense_sums<kTall>(least(height, layout.depth - i), left, s);
      }
    }
}

int finish_points(const PointSums* sums) {
  return for_size(*sums->filter, [&](auto size) { return finish_filter<decltype(size)>(*sums); });
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_TILES_H_
