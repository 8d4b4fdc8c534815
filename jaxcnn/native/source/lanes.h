// Depthwise convolutions, and groups of few channels, of which several share a vector: output and kernel gradient.
//
// Row by row of the output, eight neighbouring pixels and one vector of channels at a time: a vector of the
// input is loaded once for all taps of a row that meet it, and the sums (for the gradient, the cotangents)
// stay in registers. Where groups mix channels, the lanes of the input are permuted once for each of a
// group's inputs. Columns of the padding are left out, unless its zeros meet something that is not finite.

#ifndef JAXCNN_LANES_H_
#define JAXCNN_LANES_H_

#include "vector.h"

namespace jaxcnn {
namespace {

constexpr int kPixelsAbreast = 8;   // of one vector of channels
constexpr int kVectorsAbreast = 4;  // of one pixel

// For each vector of output channels (tap, in, vector), what is missing zero.
void pack_lanes(const Conv& c, const float* kernel, float* packed, int64_t block) {
  const int64_t taps = c.kernel[0] * c.kernel[1] * c.kernel[2], all = c.groups * c.outs;
  packed += block * taps * c.ins * V;
  for (int64_t tap = 0; tap < taps; ++tap)
    for (int64_t i = 0; i < c.ins; ++i, packed += V)
      for (int64_t lane = 0; lane < V; ++lane) {
        const int64_t o = block * V + lane;
        float value = 0;
        if (o < all && !c.turned) value = kernel[(tap * c.ins + i) * all + o];
        if (o < all && c.turned)
          value = kernel[((taps - 1 - tap) * c.outs + o % c.outs) * c.groups * c.ins +
                         o / c.outs * c.ins + i];
        packed[lane] = value;
      }
}

struct TapRow {     // a row of taps
  const float* x;   // the row of the input that it meets, or null: padding
  int64_t tap;      // the number of its first tap, by which weights and sums are found
};

struct LaneWork;
using LaneKernel = void (*)(const LaneWork&);

// Vector v of the output's channels takes `per` channels of the input, from v * per on.
struct LaneWork {
  int64_t ins, per, all_ins, all;       // a group's inputs; a vector's; those of all groups; outputs
  int64_t first, last;                  // vectors to be done
  const lanes* index;                   // for each of a group's inputs, which lane each lane takes
  bool mixes;                           // the lanes are to be permuted
  bool strict;                          // padding is multiplied: it matters where weights or g are not finite
  int64_t across, dilation, stride;     // taps along the last axis; columns between them, and pixels
  const float* end;                     // of x
  int64_t columns, in_pixel;            // of the input
  const float* weights;                 // output: (vectors, taps, ins, V)
  int64_t weight, tap_step;             // floats from vector to vector, and from tap to tap
  float* dk;                            // gradient: (taps, ins, all)
  LaneKernel inside, edge;              // for kPixelsAbreast pixels
  // A row:
  TapRow* rows;
  int64_t count;
  const float* furthest;                // of the rows that are met, or null
  bool padded;                          // some of them are padding
  int64_t column;                       // which the first pixel's first tap meets
  float* y;                             // output: the first pixel
  const float* g;                       // gradient: its cotangent
  int64_t step;                         // floats to the next pixel of either
  int64_t pixels;                       // to be written
  const float* ahead;                   // the inputs that the next pixels are the first to meet
};

INLINE vec load_lanes(const float* p, int64_t left) {
  return left >= V ? load(p) : load(p, (int)left);
}
INLINE void store_lanes(float* p, vec v, int64_t left) {
  left >= V ? store(p, v) : store(p, v, (int)left);
}

// Asks for `count` vectors of memory, to be read or to be written: rows of pixels that follow each other in
// steps of a kilobyte do not tell the processor what comes next.
template <int Count, int Write = 0>
INLINE void prefetch(const float* p) {
  UNROLL for (int n = 0; n < Count * V; n += 16) __builtin_prefetch(p + n, Write);
}

// M neighbouring pixels; T taps at a time, a step of S columns from pixel to pixel (S = 0: any step; then
// T = 1). At an edge, columns are left out that are not there, and pixels that are not wanted.
template <int M, int T, int S, bool Mixes, bool Edge>
struct Output {
  static void run(const LaneWork& w) {
    constexpr int kStep = S ? S : 1;
    const int64_t apart = S ? 1 : w.stride, floats = apart * w.in_pixel;
    const int64_t next = T * w.dilation * w.in_pixel, next_weights = T * w.tap_step;
    const float* weights = w.weights + w.first * w.weight;
    for (int64_t v = w.first; v < w.last; ++v, weights += w.weight) {
      const int64_t place = w.column * w.in_pixel + v * w.per;
      vec sum[M];
      UNROLL for (int m = 0; m < M; ++m) sum[m] = vec{};
      prefetch<M * kStep>(w.ahead + v * M * kStep * w.per);
      prefetch<M, 1>(w.y + M * w.step + v * M * V);
      for (const TapRow *row = w.rows, *end = row + w.count; row < end; ++row)
        for (int64_t i = 0; i < (Mixes ? w.ins : 1); ++i) {
          const float *x = row->x + place, *from = weights + (row->tap * w.ins + i) * V;
          int64_t column = w.column;
          for (int64_t k = 0; k < w.across; k += T) {
            vec weight[T];
            UNROLL for (int t = 0; t < T; ++t) weight[t] = load(from + t * w.tap_step);
            UNROLL for (int j = 0; j < (M - 1) * kStep + T; ++j) {
              if (Edge && (uint64_t)(column + j * apart) >= (uint64_t)w.columns) continue;
              vec one = load(x + j * floats);
              if (Mixes) one = permuted(one, w.index[i]);
              UNROLL for (int t = 0; t < T; ++t)
                if (j >= t && (j - t) % kStep == 0 && (j - t) / kStep < M)
                  sum[(j - t) / kStep] += one * weight[t];
            }
            x += next, from += next_weights, column += T * w.dilation;
          }
        }
      float* to = w.y + v * V;
      const int64_t left = w.all - v * V;
      UNROLL for (int m = 0; m < M; ++m)
        if (!Edge || m < w.pixels) store_lanes(to + m * w.step, sum[m], left);
    }
  }
};

template <int M, int T, int S, bool Mixes, bool Edge>
struct Gradient {
  static void run(const LaneWork& w) {
    constexpr int kStep = S ? S : 1;
    const int64_t apart = S ? 1 : w.stride, floats = apart * w.in_pixel;
    const int64_t next = T * w.dilation * w.in_pixel, tap_step = w.ins * w.all;
    for (int64_t v = w.first; v < w.last; ++v) {
      const int64_t place = w.column * w.in_pixel + v * w.per, left = w.all - v * V;
      vec g[M];
      UNROLL for (int m = 0; m < M; ++m) g[m] = load_lanes(w.g + m * w.step + v * V, left);
      prefetch<M * kStep>(w.ahead + v * M * kStep * w.per);
      prefetch<M>(w.g + M * w.step + v * M * V);
      for (const TapRow *row = w.rows, *end = row + w.count; row < end; ++row)
        for (int64_t i = 0; i < (Mixes ? w.ins : 1); ++i) {
          const float* x = row->x + place;
          float* to = w.dk + (row->tap * w.ins + i) * w.all + v * V;
          int64_t column = w.column;
          for (int64_t k = 0; k < w.across; k += T) {
            vec sum[T];
            UNROLL for (int t = 0; t < T; ++t) sum[t] = load_lanes(to + t * tap_step, left);
            UNROLL for (int j = 0; j < (M - 1) * kStep + T; ++j) {
              if (Edge && (uint64_t)(column + j * apart) >= (uint64_t)w.columns) continue;
              vec one = load(x + j * floats);
              if (Mixes) one = permuted(one, w.index[i]);
              UNROLL for (int t = 0; t < T; ++t)
                if (j >= t && (j - t) % kStep == 0 && (j - t) / kStep < M)
                  sum[t] += one * g[(j - t) / kStep];
            }
            UNROLL for (int t = 0; t < T; ++t) store_lanes(to + t * tap_step, sum[t], left);
            x += next, to += T * tap_step, column += T * w.dilation;
          }
        }
    }
  }
};

template <template <int, int, int, bool, bool> class Kernel, bool Mixes, bool Edge>
LaneKernel lane_kernel(const LaneWork& w) {
  constexpr int M = kPixelsAbreast;
  const int64_t n = w.dilation == 1 ? w.across : 1;
  if (w.stride == 1) {
    if (n == 7) return Kernel<M, 7, 1, Mixes, Edge>::run;
    if (n % 5 == 0) return Kernel<M, 5, 1, Mixes, Edge>::run;
    if (n % 3 == 0) return Kernel<M, 3, 1, Mixes, Edge>::run;
    if (n % 2 == 0) return Kernel<M, 2, 1, Mixes, Edge>::run;
  } else if (w.stride == 2) {
    if (n % 5 == 0) return Kernel<M, 5, 2, Mixes, Edge>::run;
    if (n % 3 == 0) return Kernel<M, 3, 2, Mixes, Edge>::run;
  }
  return Kernel<M, 1, 0, Mixes, Edge>::run;
}

// One pixel, whose columns may lie outside of the input, for N vectors. With one vector, no more of the
// input is read than is there.
template <int N, bool Mixes, bool OfGradient>
void lanes_pixel(const LaneWork& w, int64_t v) {
  vec sum[N], g[N];
  UNROLL for (int n = 0; n < N; ++n) {
    sum[n] = g[n] = vec{};
    if (OfGradient) g[n] = load_lanes(w.g + (v + n) * V, w.all - (v + n) * V);
  }
  const int64_t readable = least(w.per, w.all_ins - v * w.per);
  for (int64_t r = 0; r < w.count; ++r)
    for (int64_t i = 0; i < (Mixes ? w.ins : 1); ++i)
      for (int64_t k = 0; k < w.across; ++k) {
        const int64_t u = w.column + k * w.dilation;
        const bool exists = w.rows[r].x && u >= 0 && u < w.columns;
        if (!exists && !w.strict) continue;
        const float* x = exists ? w.rows[r].x + u * w.in_pixel + v * w.per : nullptr;
        UNROLL for (int n = 0; n < N; ++n) {
          vec one = !exists ? vec{} : N > 1 ? load(x + n * w.per) : load_lanes(x, readable);
          if (Mixes) one = permuted(one, w.index[i]);
          if (OfGradient) {
            float* to = w.dk + ((w.rows[r].tap + k) * w.ins + i) * w.all + (v + n) * V;
            const int64_t left = w.all - (v + n) * V;
            store_lanes(to, load_lanes(to, left) + one * g[n], left);
          } else {
            const float* weights = w.weights + (v + n) * w.weight + w.rows[r].tap * w.ins * V;
            sum[n] += one * load(weights + k * w.tap_step + i * V);
          }
        }
      }
  if (OfGradient) return;
  UNROLL for (int n = 0; n < N; ++n)
    store_lanes(w.y + (v + n) * V, sum[n], w.all - (v + n) * V);
}

template <bool OfGradient>
void lanes_pixel(const LaneWork& w, bool readable) {
  int64_t v = w.first;
  for (; readable && v + kVectorsAbreast <= w.last; v += kVectorsAbreast)
    w.mixes ? lanes_pixel<kVectorsAbreast, true, OfGradient>(w, v)
            : lanes_pixel<kVectorsAbreast, false, OfGradient>(w, v);
  for (; v < w.last; ++v)
    w.mixes ? lanes_pixel<1, true, OfGradient>(w, v) : lanes_pixel<1, false, OfGradient>(w, v);
}

// Fewer pixels than kPixelsAbreast of a gradient, whose missing cotangents must not meet the input.
INLINE void gradient_of_few(const LaneWork& w, int64_t pixels) {
  if (pixels == 4)
    w.mixes ? Gradient<4, 1, 0, true, true>::run(w) : Gradient<4, 1, 0, false, true>::run(w);
  else if (pixels == 2)
    w.mixes ? Gradient<2, 1, 0, true, true>::run(w) : Gradient<2, 1, 0, false, true>::run(w);
  else
    w.mixes ? Gradient<1, 1, 0, true, true>::run(w) : Gradient<1, 1, 0, false, true>::run(w);
}

// `count` pixels of a row of the output.
template <bool OfGradient>
void lanes_row(LaneWork w, int64_t count) {
  const int64_t reach = (w.across - 1) * w.dilation;
  for (int64_t p = 0, n; p < count; p += n) {
    n = least(kPixelsAbreast, count - p);
    if (OfGradient && n < kPixelsAbreast) n = n >= 4 ? 4 : n >= 2 ? 2 : 1;
    const int64_t last = w.column + (n - 1) * w.stride + reach;
    const bool inside = w.column >= 0 && last < w.columns;
    // A vector of the last pixel of all may go beyond the end.
    const int64_t furthest = most(0, least(w.column + (kPixelsAbreast - 1) * w.stride + reach,
                                           w.columns - 1));
    const bool readable =
        !w.furthest || w.furthest + furthest * w.in_pixel + (w.last - 1) * w.per + V <= w.end;
    w.pixels = n;
    w.ahead = w.furthest ? w.furthest + most(0, last + 1) * w.in_pixel : w.end;
    if (!readable || (w.strict && (w.padded || !inside))) {
      n = 1;
      lanes_pixel<OfGradient>(w, readable);
    } else if (n == kPixelsAbreast) {
      (inside ? w.inside : w.edge)(w);
    } else if (OfGradient) {
      gradient_of_few(w, n);
    } else {
      w.edge(w);
    }
    w.column += n * w.stride;
    (OfGradient ? (void)(w.g += n * w.step) : (void)(w.y += n * w.step));
  }
}

// What is the same for all rows.
template <template <int, int, int, bool, bool> class Kernel>
LaneWork lane_work(const Conv& c, int64_t across, int64_t dilation, int64_t stride, lanes* index) {
  LaneWork w = {};
  w.ins = c.ins, w.per = V / c.outs * c.ins, w.all_ins = c.groups * c.ins;
  w.all = c.groups * c.outs;
  for (int64_t i = 0; i < c.ins; ++i)
    for (int lane = 0; lane < V; ++lane) index[i][lane] = (int32_t)(lane / c.outs * c.ins + i);
  w.index = index, w.mixes = c.ins > 1 || c.outs > 1;
  w.across = across, w.dilation = dilation, w.stride = stride;
  w.columns = c.in[2], w.in_pixel = c.in_pixel;
  w.inside = w.mixes ? lane_kernel<Kernel, true, false>(w) : lane_kernel<Kernel, false, false>(w);
  w.edge = w.mixes ? lane_kernel<Kernel, true, true>(w) : lane_kernel<Kernel, false, true>(w);
  return w;
}

// Notes the row of the input at (n, u0, u1) for the row of taps from `tap` on.
INLINE void meet(const Conv& c, const float* x, int64_t n, int64_t u0, int64_t u1, int64_t tap,
                 LaneWork* w) {
  const bool exists = u0 >= 0 && u0 < c.in[0] && u1 >= 0 && u1 < c.in[1];
  if (exists) {
    const float* row = x + ((n * c.in[0] + u0) * c.in[1] + u1) * c.in[2] * c.in_pixel;
    if (!w->furthest || row > w->furthest) w->furthest = row;
    w->rows[w->count++] = {row, tap};
  } else if (w->strict) {
    w->rows[w->count++] = {nullptr, tap};
    w->padded = true;
  }
}

void convolve_lanes(const ConvWork& work) {
  const Conv& c = *work.conv;
  const Phase& p = *work.phase;
  TapRow rows[kMostTaps];
  lanes index[V];
  const int64_t across = most(1, p.across);
  const int64_t dilation = across > 1 ? p.offset[1][2] - p.offset[0][2] : 1;
  LaneWork w = lane_work<Output>(c, across, dilation, p.stride[2], index);
  w.first = work.first_block, w.last = work.end_block;
  w.strict = work.strict, w.end = work.x + c.batch * c.in[0] * c.in[1] * c.in[2] * c.in_pixel;
  w.weights = work.packed, w.weight = c.kernel[0] * c.kernel[1] * c.kernel[2] * c.ins * V;
  w.tap_step = (across > 1 ? p.which[1] - p.which[0] : 1) * c.ins * V;
  w.rows = rows, w.step = p.step[2] * c.out_pixel;
  for (int64_t position = work.begin, count; position < work.end; position += count) {
    int64_t q[3], n = position;
    for (int a = 2; a >= 0; --a) q[a] = n % p.count[a], n /= p.count[a];
    count = least(work.end - position, p.count[2] - q[2]);
    int64_t to = n;
    for (int a = 0; a < 3; ++a) to = to * c.out[a] + p.first[a] + q[a] * p.step[a];
    w.y = work.y + to * c.out_pixel;
    w.column = q[2] * p.stride[2] + p.offset[0][2];
    w.count = 0, w.furthest = nullptr, w.padded = false;
    for (int t = 0; t < p.taps; t += (int)across)
      meet(c, work.x, n, q[0] * p.stride[0] + p.offset[t][0], q[1] * p.stride[1] + p.offset[t][1],
           p.which[t], &w);
    lanes_row<false>(w, count);
  }
}

void gradient_lanes(const GradientWork& work) {
  const Conv& c = *work.conv;
  TapRow rows[kMostTaps];
  lanes index[V];
  LaneWork w = lane_work<Gradient>(c, c.kernel[2], c.dilation[2], c.stride[2], index);
  w.first = 2 * work.first_block, w.last = least(2 * work.end_block, over(w.all, V));
  w.strict = work.strict, w.end = work.x + c.batch * c.in[0] * c.in[1] * c.in[2] * c.in_pixel;
  w.dk = work.dk, w.rows = rows, w.step = c.out_pixel;
  const int64_t begin = w.first * V, floats = least(w.last * V, w.all) - begin;
  for (int64_t n = work.first_tap_row * c.kernel[2] * c.ins;
       n < work.end_tap_row * c.kernel[2] * c.ins; ++n)
    memset(work.dk + n * w.all + begin, 0, sizeof(float) * floats);
  for (int64_t row = work.begin; row < work.end; ++row) {
    const int64_t q1 = row % c.out[1], q0 = row / c.out[1] % c.out[0];
    const int64_t n = row / c.out[1] / c.out[0];
    w.g = work.g + row * c.out[2] * c.out_pixel;
    w.column = -c.low[2];
    w.count = 0, w.furthest = nullptr, w.padded = false;
    for (int64_t k = work.first_tap_row; k < work.end_tap_row; ++k) {
      const int64_t u0 = q0 * c.stride[0] - c.low[0] + k / c.kernel[1] * c.dilation[0];
      const int64_t u1 = q1 * c.stride[1] - c.low[1] + k % c.kernel[1] * c.dilation[1];
      meet(c, work.x, n, u0, u1, k * c.kernel[2], &w);
    }
    lanes_row<true>(w, c.out[2]);
  }
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_LANES_H_
