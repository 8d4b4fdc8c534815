// Convolutions of float32 on one processor core; convolution.cc shares the work among threads.
//
// A convolution is an indirect matrix product: for a tile of output pixels and every tap, a table
// says where each pixel's input lies (a block of zeros stands for the padding), so that strides,
// dilation, any number of axes and rows of any length are one loop. The sum over taps and channels
// stays in registers. What an output is made of, and in which order, depends neither on the tile
// nor on the number of threads, so its bits do not either.

#include "kernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define JAXCNN_TABLE jaxcnn_kernels_v4
#define JAXCNN_VECTOR 16
#define JAXCNN_ROWS 14
#elif defined(__AVX2__)
#define JAXCNN_TABLE jaxcnn_kernels_v3
#define JAXCNN_VECTOR 8
#define JAXCNN_ROWS 6
#else  // NEON, and whatever has 32 registers of four floats
#define JAXCNN_TABLE jaxcnn_kernels_base
#define JAXCNN_VECTOR 4
#define JAXCNN_ROWS 12
#endif

#define UNROLL _Pragma("GCC unroll 16")
#define INLINE inline __attribute__((always_inline))

namespace jaxcnn {
namespace {

constexpr int V = JAXCNN_VECTOR, R = JAXCNN_ROWS, kBlock = 2 * V;
static_assert(R <= kMostRows && kBlock <= kWidestBlock, "kernels.h");

typedef float vec __attribute__((vector_size(4 * V)));
typedef float loose __attribute__((vector_size(4 * V), aligned(4), may_alias));
typedef int32_t lanes __attribute__((vector_size(4 * V)));

INLINE vec load(const float* p) { return *(const loose*)p; }
INLINE void store(float* p, vec v) { *(loose*)p = v; }
INLINE vec splat(float f) { return f - vec{}; }

INLINE vec load(const float* p, int n) {  // the first n lanes, the others zero
#if defined(__AVX512F__)
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif defined(__AVX2__)
  const __m256i number = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return (vec)_mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), number));
#else
  vec v = {};
  for (int i = 0; i < n; ++i) v[i] = p[i];
  return v;
#endif
}

INLINE void store(float* p, vec v, int n) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#elif defined(__AVX2__)
  const __m256i number = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), number), (__m256)v);
#else
  for (int i = 0; i < n; ++i) p[i] = v[i];
#endif
}

INLINE void stream(float* p, vec v) {  // p a multiple of the vector
#if defined(__AVX512F__)
  _mm512_stream_ps(p, (__m512)v);
#elif defined(__AVX2__)
  _mm256_stream_ps(p, (__m256)v);
#else
  store(p, v);
#endif
}

INLINE void streamed() {  // before another thread is told that the work is done
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

INLINE vec permuted(vec v, lanes index) {
#if defined(__AVX512F__)
  return (vec)_mm512_permutexvar_ps((__m512i)index, (__m512)v);
#elif defined(__AVX2__)
  return (vec)_mm256_permutevar8x32_ps((__m256)v, (__m256i)index);
#else
  vec w;
  for (int i = 0; i < V; ++i) w[i] = v[index[i]];
  return w;
#endif
}

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
INLINE int64_t over(int64_t a, int64_t b) { return (a + b - 1) / b; }

// --- packing: for each block of output channels (tap, in, block), what is missing zero

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

void pack(const Conv* c, const float* kernel, float* packed, int64_t group, int64_t block) {
  if (c->lanes)
    pack_lanes(*c, kernel, packed, block);
  else
    pack_dense(*c, kernel, packed, group, block);
}

// --- one tile of output pixels

struct Tile {
  int64_t taps, ins;
  const float* const* base;  // (R) or null: then tap t of pixel m lies at base[m] + delta[t]
  const int64_t* delta;
  const float* const* from;  // (R, pitch): if not
  int64_t pitch;
  int64_t shift;             // floats to the first group's input
  const int* which;          // tap -> its place in the packed kernel
  const float* packed;       // (taps, ins, block)
  float* const* to;          // (R)
  int last;                  // lanes of the last vector that exist
  bool streams;
  int64_t step;              // packed floats from one vector's taps to the next's (lanes)
  int read[4];               // lanes to read of each vector's input (lanes)
  const lanes* index;        // for each in, which lane each lane takes (lanes)
  int64_t per;               // inputs of one vector (lanes)
};

template <int M, int N>
void dense_tile(const Tile& t) {
  vec sum[M][N];
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) sum[m][n] = vec{};
  for (int64_t tap = 0; tap < t.taps; ++tap) {
    const float* from[M];
    if (t.base)
      UNROLL for (int m = 0; m < M; ++m) from[m] = t.base[m] + t.delta[tap] + t.shift;
    else
      UNROLL for (int m = 0; m < M; ++m) from[m] = t.from[m * t.pitch + tap] + t.shift;
    const float* w = t.packed + t.which[tap] * t.ins * kBlock;
    int64_t i = 0;
    if constexpr (N == 1)  // what a pointer costs is shared by four channels
      for (; i + 4 <= t.ins; i += 4, w += 4 * kBlock) {
        vec weights[4];
        UNROLL for (int n = 0; n < 4; ++n) weights[n] = load(w + n * kBlock);
        UNROLL for (int m = 0; m < M; ++m)
          UNROLL for (int n = 0; n < 4; ++n) sum[m][0] += splat(from[m][i + n]) * weights[n];
      }
    for (; i < t.ins; ++i, w += kBlock) {
      vec weights[N];
      UNROLL for (int n = 0; n < N; ++n) weights[n] = load(w + n * V);
      UNROLL for (int m = 0; m < M; ++m) {
        const vec x = splat(from[m][i]);
        UNROLL for (int n = 0; n < N; ++n) sum[m][n] += x * weights[n];
      }
    }
  }
  if (t.streams) {
    UNROLL for (int m = 0; m < M; ++m)
      UNROLL for (int n = 0; n < N; ++n) stream(t.to[m] + n * V, sum[m][n]);
    return;
  }
  UNROLL for (int m = 0; m < M; ++m) {
    float* to = t.to[m];
    UNROLL for (int n = 0; n < N - 1; ++n) store(to + n * V, sum[m][n]);
    if (t.last == V)
      store(to + (N - 1) * V, sum[m][N - 1]);
    else
      store(to + (N - 1) * V, sum[m][N - 1], t.last);
  }
}

template <int M, int N, bool Mixes, bool Part, bool Inside>
void lanes_tile(const Tile& t) {
  vec sum[M][N];
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) sum[m][n] = vec{};
  const float* base[M];
  if (Inside) UNROLL for (int m = 0; m < M; ++m) base[m] = t.base[m] + t.shift;
  for (int64_t tap = 0; tap < t.taps; ++tap) {
    const float* w = t.packed + t.which[tap] * t.ins * V;
    const int64_t delta = Inside ? t.delta[tap] : 0;
    for (int64_t i = 0; i < (Mixes ? t.ins : 1); ++i, w += V) {
      vec weights[N];
      UNROLL for (int n = 0; n < N; ++n) weights[n] = load(w + n * t.step);
      UNROLL for (int m = 0; m < M; ++m) {
        const float* from = Inside ? base[m] + delta : t.from[m * t.pitch + tap] + t.shift;
        UNROLL for (int n = 0; n < N; ++n) {
          vec x = Part ? load(from + n * t.per, t.read[n]) : load(from + n * t.per);
          if (Mixes) x = permuted(x, t.index[i]);
          sum[m][n] += x * weights[n];
        }
      }
    }
  }
  UNROLL for (int m = 0; m < M; ++m) {
    float* to = t.to[m];
    UNROLL for (int n = 0; n < N - 1; ++n) store(to + n * V, sum[m][n]);
    if (t.last == V)
      store(to + (N - 1) * V, sum[m][N - 1]);
    else
      store(to + (N - 1) * V, sum[m][N - 1], t.last);
  }
}

template <int N>
void dense_tiles(const Tile& t, int64_t rows) {
  if (rows > R / 2) return dense_tile<R, N>(t);
  if (rows > R / 4) return dense_tile<R / 2, N>(t);
  if (rows > 1) return dense_tile<R / 4 + 1, N>(t);
  dense_tile<1, N>(t);
}

constexpr int kLaneRows = R / 2, kLaneVectors = 4;

template <bool Mixes, bool Part, bool Inside>
void lanes_tiles(const Tile& t, int64_t vectors) {
  switch (vectors) {
    case 1: return lanes_tile<kLaneRows, 1, Mixes, Part, Inside>(t);
    case 2: return lanes_tile<kLaneRows, 2, Mixes, Part, Inside>(t);
    case 3: return lanes_tile<kLaneRows, 3, Mixes, Part, Inside>(t);
    default: return lanes_tile<kLaneRows, 4, Mixes, Part, Inside>(t);
  }
}

void lanes_tiles(const Tile& t, int64_t vectors, bool mixes, bool part) {
  if (part) {  // `convolve` gives these a table
    mixes ? lanes_tiles<true, true, false>(t, vectors) : lanes_tiles<false, true, false>(t, vectors);
  } else if (t.base) {
    mixes ? lanes_tiles<true, false, true>(t, vectors) : lanes_tiles<false, false, true>(t, vectors);
  } else {
    mixes ? lanes_tiles<true, false, false>(t, vectors)
          : lanes_tiles<false, false, false>(t, vectors);
  }
}

void lane_indices(const Conv& c, lanes* index) {
  for (int64_t i = 0; i < c.ins; ++i)
    for (int lane = 0; lane < V; ++lane) index[i][lane] = (int32_t)(lane / c.outs * c.ins + i);
}

void convolve(const ConvWork* work) {
  const Conv& c = *work->conv;
  const Phase& p = *work->phase;
  const int64_t taps = c.kernel[0] * c.kernel[1] * c.kernel[2];
  const int64_t rows = c.lanes ? kLaneRows : R;
  const int64_t outs = c.lanes ? c.groups * c.outs : c.outs;
  const int64_t width = c.lanes ? V : kBlock, blocks = over(outs, width);
  const int64_t weight = taps * c.ins * width;  // floats of a packed block

  Tile tile = {};
  const float *base[R], *from[R * (kMostTaps + 16)];
  float *to[R], *start[R];
  int64_t delta[kMostTaps];
  int32_t offset[3][kMostTaps];
  lanes index[V];
  tile.taps = p.taps, tile.ins = c.ins, tile.delta = delta, tile.which = p.which, tile.to = to;
  tile.from = from, tile.pitch = over(p.taps, 8) * 8 + 8;
  tile.step = weight;
  tile.streams = work->stream && c.outs % V == 0 && (uintptr_t)work->y % sizeof(vec) == 0;
  const bool mixes = c.lanes && (c.ins > 1 || c.outs > 1);
  if (c.lanes) tile.per = V / c.outs * c.ins;
  if (mixes) lane_indices(c, index), tile.index = index;
  // Whether some vector of inputs is shorter than a vector.
  const bool reads_part = c.lanes && (tile.per < V || (c.groups * c.ins) % V);
  for (int t = 0; t < p.taps; ++t) {
    for (int a = 0; a < 3; ++a) offset[a][t] = (int32_t)p.offset[t][a];
    delta[t] = ((p.offset[t][0] * c.in[1] + p.offset[t][1]) * c.in[2] + p.offset[t][2]) * c.in_pixel;
  }
  const uint32_t size[3] = {(uint32_t)c.in[0], (uint32_t)c.in[1], (uint32_t)c.in[2]};

  // As many blocks at a time as stay in the second cache while the pixels go by.
  const int64_t together = most(1, (256 * 1024 / 4) / most(1, weight));
  for (int64_t first = work->first_block; first < work->end_block; first += together) {
    const int64_t end = least(work->end_block, first + together);
    int64_t q[3], n = work->begin;
    for (int a = 2; a >= 0; --a) q[a] = n % p.count[a], n /= p.count[a];
    for (int64_t position = work->begin; position < work->end; position += rows) {
      const int64_t here = least(rows, work->end - position);
      int32_t at[R][3];
      int64_t place[R];
      bool inside = true;
      for (int64_t m = 0; m < here; ++m) {
        int64_t to_place = n, from_place = n;
        for (int a = 0; a < 3; ++a) {
          const int64_t u = q[a] * p.stride[a];
          at[m][a] = (int32_t)u;
          inside &= u + p.least[a] >= 0 && u + p.most[a] < c.in[a];
          to_place = to_place * c.out[a] + p.first[a] + q[a] * p.step[a];
          from_place = from_place * c.in[a] + u;
        }
        start[m] = work->y + to_place * c.out_pixel;
        place[m] = from_place * c.in_pixel;
        for (int a = 2; a >= 0; --a) {
          if (++q[a] < p.count[a]) break;
          q[a] = 0;
          if (a == 0) ++n;
        }
      }
      for (int64_t m = here; m < rows; ++m) {  // the last pixel again
        start[m] = start[here - 1], place[m] = place[here - 1];
        for (int a = 0; a < 3; ++a) at[m][a] = at[here - 1][a];
      }
      tile.base = nullptr;
      if (inside && !reads_part) {
        for (int64_t m = 0; m < rows; ++m) base[m] = work->x + place[m];
        tile.base = base;
      } else {
        for (int64_t m = 0; m < rows; ++m) {
          const float** row = from + m * tile.pitch;
          for (int t = 0; t < p.taps; ++t) {
            const bool exists = ((uint32_t)(at[m][0] + offset[0][t]) < size[0]) &
                                ((uint32_t)(at[m][1] + offset[1][t]) < size[1]) &
                                ((uint32_t)(at[m][2] + offset[2][t]) < size[2]);
            const int64_t where = exists ? place[m] + delta[t] : work->zeros - work->x;
            row[t] = work->x + where;
          }
        }
      }
      if (c.lanes) {
        for (int64_t block = first; block < end; block += kLaneVectors) {
          const int64_t vectors = least(kLaneVectors, end - block), o = block * V;
          bool part = false;
          tile.shift = block * tile.per;
          for (int64_t v = 0; v < vectors; ++v) {
            const int64_t left = c.groups * c.ins - (block + v) * tile.per;
            tile.read[v] = (int)least(least(V, tile.per), left);
            part |= tile.read[v] < V;
          }
          tile.packed = work->packed + block * weight;
          tile.last = (int)least(V, outs - (block + vectors - 1) * V);
          for (int64_t m = 0; m < rows; ++m) to[m] = start[m] + o;
          lanes_tiles(tile, vectors, mixes, part);
        }
      } else {
        for (int64_t unit = first; unit < end; ++unit) {
          const int64_t group = unit / blocks, o = unit % blocks * kBlock;
          const int64_t left = least(kBlock, outs - o);
          tile.packed = work->packed + unit * weight;
          tile.shift = group * c.ins;
          for (int64_t m = 0; m < rows; ++m) to[m] = start[m] + group * c.outs + o;
          if (left > V) {
            tile.last = (int)(left - V);
            dense_tiles<2>(tile, here);
          } else {
            tile.last = (int)left;
            dense_tiles<1>(tile, here);
          }
        }
      }
    }
  }
  if (tile.streams) streamed();
}

// --- kernel gradients: products of inputs and cotangents, summed over rows of pixels

struct Segment {  // pixels of one row
  const float *x, *g;
  int64_t count;
};

struct Sum {
  const Segment* segments;
  int64_t count, x_step, g_step;
  float* to;        // (M, N * V), rows `pitch` floats apart
  int64_t pitch;
  int last;
  bool more;        // add to what is there
};

template <int M, int N, bool Part>
void dense_sum(const Sum& s) {
  vec sum[M][N];
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) {
    const float* to = s.to + m * s.pitch + n * V;
    sum[m][n] = !s.more ? vec{} : Part && n == N - 1 ? load(to, s.last) : load(to);
  }
  for (int64_t k = 0; k < s.count; ++k) {
    const float *x = s.segments[k].x, *g = s.segments[k].g;
    for (int64_t i = s.segments[k].count; i > 0; --i, x += s.x_step, g += s.g_step) {
      vec cotangents[N];
      UNROLL for (int n = 0; n < N; ++n)
        cotangents[n] = Part && n == N - 1 ? load(g + n * V, s.last) : load(g + n * V);
      UNROLL for (int m = 0; m < M; ++m) {
        const vec one = splat(x[m]);
        UNROLL for (int n = 0; n < N; ++n) sum[m][n] += one * cotangents[n];
      }
    }
  }
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) {
    float* to = s.to + m * s.pitch + n * V;
    if (Part && n == N - 1)
      store(to, sum[m][n], s.last);
    else
      store(to, sum[m][n]);
  }
}

template <int M>
void dense_sums(int64_t rows, int64_t left, const Sum& s) {
  if constexpr (M > 1) {
    if (rows < M) return dense_sums<M - 1>(rows, left, s);
  }
  if (left == 2 * V) return dense_sum<M, 2, false>(s);
  if (left > V) return dense_sum<M, 2, true>(s);
  if (left == V) return dense_sum<M, 1, false>(s);
  dense_sum<M, 1, true>(s);
}

// The pixels [low, high) of an output row whose tap at `offset` lies on the input.
INLINE void covered(const Conv& c, int64_t offset, int64_t* low, int64_t* high) {
  const int64_t s = c.stride[2];
  *low = offset >= 0 ? 0 : over(-offset, s);
  const int64_t end = c.in[2] - offset;
  *high = most(*low, end <= 0 ? 0 : least(c.out[2], over(end, s)));
}

const float kZeros[2 * V + R] = {};

// For the rows [begin, end): where the tap's input row and the cotangent's row begin. Rows whose input
// is padding are left out, or are what is asked for.
INLINE int64_t rows_of(const GradientWork& work, int64_t tap_row, int64_t begin, int64_t end,
                       bool of_padding, Segment* rows) {
  const Conv& c = *work.conv;
  const int64_t k0 = tap_row / c.kernel[1], k1 = tap_row % c.kernel[1];
  int64_t count = 0;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t q1 = row % c.out[1], q0 = row / c.out[1] % c.out[0];
    const int64_t n = row / c.out[1] / c.out[0];
    const int64_t u0 = q0 * c.stride[0] - c.low[0] + k0 * c.dilation[0];
    const int64_t u1 = q1 * c.stride[1] - c.low[1] + k1 * c.dilation[1];
    const bool absent = u0 < 0 || u0 >= c.in[0] || u1 < 0 || u1 >= c.in[1];
    if (absent != of_padding) continue;
    rows[count].x = absent ? kZeros : work.x + ((n * c.in[0] + u0) * c.in[1] + u1) * c.in[2] * c.in_pixel;
    rows[count].g = work.g + row * c.out[2] * c.out_pixel;
    rows[count++].count = c.out[2];
  }
  return count;
}

// Rows whose inputs and cotangents stay in the second cache while the taps go by.
INLINE int64_t rows_together(const Conv& c) {
  const int64_t floats = c.out[2] * (c.stride[2] * least(c.ins, c.in_pixel) + c.outs);
  return least(kMostSegments, most(1, 448 * 1024 / 4 / most(1, floats)));
}

// Adds, to the rows of taps of a block of output channels, what rows of pixels give.
struct Piece {
  const Segment* rows;
  int64_t count;
  bool more;     // add to what is there
  bool padding;  // rows of zeros
};

void dense_piece(const GradientWork& work, int64_t tap_row, const Piece& piece) {
  const Conv& c = *work.conv;
  Segment segments[kMostSegments];
  const int64_t pitch = c.groups * c.outs;
  const int64_t tiles = over(c.ins, R), height = over(c.ins, tiles);
  Sum s;
  s.segments = segments, s.pitch = pitch, s.g_step = c.out_pixel;
  for (int64_t k2 = 0; k2 < c.kernel[2]; ++k2) {
    const int64_t offset = k2 * c.dilation[2] - c.low[2];
    int64_t low, high;
    covered(c, offset, &low, &high);
    for (int64_t block = work.first_block; block < work.end_block; ++block) {
      const int64_t o = work.group * c.outs + block * kBlock;
      const int64_t left = least(kBlock, c.outs - block * kBlock);
      s.last = (int)(left > V ? left - V : left);
      float* to = work.dk + (tap_row * c.kernel[2] + k2) * c.ins * pitch + o;
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const int64_t i = tile * height;
        const auto add = [&](int64_t from, int64_t end, bool zeros, bool more) {
          s.count = end > from ? piece.count : 0;
          s.x_step = zeros ? 0 : c.stride[2] * c.in_pixel;
          s.more = more;
          for (int64_t k = 0; k < s.count; ++k) {
            segments[k].x = zeros ? kZeros
                                  : piece.rows[k].x + (offset + from * c.stride[2]) * c.in_pixel +
                                        work.group * c.ins + i;
            segments[k].g = piece.rows[k].g + from * c.out_pixel + o;
            segments[k].count = end - from;
          }
          if (s.count || !more) dense_sums<R>(least(height, c.ins - i), left, s);
        };
        s.to = to + i * pitch;
        if (piece.padding) {
          add(0, c.out[2], true, true);
          continue;
        }
        add(low, high, false, piece.more);
        if (!work.strict) continue;
        add(0, least(low, c.out[2]), true, true);
        add(most(high, least(low, c.out[2])), c.out[2], true, true);
      }
    }
  }
}

struct LaneSum {
  const Segment* rows;
  int64_t count, x_step, g_step;
  int64_t per, step;  // inputs of one vector; floats from a tap's input to the next one's
  int64_t low[8], high[8], offset[8];  // of each tap
  int read[2], last;
  bool more;
  float* to[8];
  lanes index;
};

// T taps of one row for N vectors of channels, the input's lanes permuted where groups mix.
template <int T, int N, bool Mixes, bool Part>
void lanes_sum(const LaneSum& s) {
  vec sum[T][N];
  UNROLL for (int t = 0; t < T; ++t) UNROLL for (int n = 0; n < N; ++n) {
    const float* to = s.to[t] + n * V;
    sum[t][n] = !s.more ? vec{} : n == N - 1 ? load(to, s.last) : load(to);
  }
  int64_t low = s.low[0], high = s.high[0];
  UNROLL for (int t = 1; t < T; ++t) low = most(low, s.low[t]), high = least(high, s.high[t]);
  high = most(low, high);
  const auto add = [&](int t, const float* x, const float* g) __attribute__((always_inline)) {
    UNROLL for (int n = 0; n < N; ++n) {
      const vec cotangents = n == N - 1 && Part ? load(g + n * V, s.last) : load(g + n * V);
      vec one = Part ? load(x + n * s.per, s.read[n]) : load(x + n * s.per);
      if (Mixes) one = permuted(one, s.index);
      sum[t][n] += one * cotangents;
    }
  };
  for (int64_t k = 0; k < s.count; ++k) {
    const float *x = s.rows[k].x, *g = s.rows[k].g;
    UNROLL for (int t = 0; t < T; ++t)
      for (int64_t p = s.low[t]; p < least(low, s.high[t]); ++p)
        add(t, x + s.offset[t] + p * s.x_step, g + p * s.g_step);
    for (int64_t p = low; p < high; ++p)
      UNROLL for (int t = 0; t < T; ++t) add(t, x + s.offset[t] + p * s.x_step, g + p * s.g_step);
    UNROLL for (int t = 0; t < T; ++t)
      for (int64_t p = most(high, s.low[t]); p < s.high[t]; ++p)
        add(t, x + s.offset[t] + p * s.x_step, g + p * s.g_step);
  }
  UNROLL for (int t = 0; t < T; ++t) UNROLL for (int n = 0; n < N; ++n) {
    float* to = s.to[t] + n * V;
    if (n == N - 1)
      store(to, sum[t][n], s.last);
    else
      store(to, sum[t][n]);
  }
}

template <int T, int N>
void lanes_sums(const LaneSum& s, bool mixes, bool part) {
  if (mixes) return part ? lanes_sum<T, N, true, true>(s) : lanes_sum<T, N, true, false>(s);
  part ? lanes_sum<T, N, false, true>(s) : lanes_sum<T, N, false, false>(s);
}

void lanes_piece(const GradientWork& work, int64_t tap_row, const Piece& piece) {
  const Conv& c = *work.conv;
  Segment here[kMostSegments];
  lanes index[V];
  lane_indices(c, index);
  const int64_t all = c.groups * c.outs;
  const bool mixes = c.ins > 1 || c.outs > 1;
  LaneSum s;
  s.per = V / c.outs * c.ins, s.rows = here, s.g_step = c.out_pixel;
  for (int64_t block = work.first_block; block < work.end_block; ++block) {
    const int64_t first = 2 * block, o = first * V, vectors = least(2, over(all, V) - first);
    bool part = false;
    for (int64_t v = 0; v < vectors; ++v) {
      s.read[v] = (int)least(least(V, s.per), c.groups * c.ins - (first + v) * s.per);
      part |= s.read[v] < V;
    }
    s.last = (int)least(V, all - (first + vectors - 1) * V);
    part |= s.last < V;
    for (int64_t k2 = 0, taps; k2 < c.kernel[2]; k2 += taps) {
      taps = least(4, c.kernel[2] - k2);
      for (int64_t i = 0; i < c.ins; ++i) {
        s.index = index[i];
        for (int64_t t = 0; t < taps; ++t)
          s.to[t] = work.dk + ((tap_row * c.kernel[2] + k2 + t) * c.ins + i) * all + o;
        enum Part { kPresent, kBefore, kAfter, kWhole };
        const auto add = [&](Part part_of_row, bool more) {
          const bool zeros = part_of_row != kPresent;
          s.count = piece.count, s.more = more;
          s.x_step = zeros ? 0 : c.stride[2] * c.in_pixel;
          for (int64_t k = 0; k < s.count; ++k) {
            here[k].x = zeros ? kZeros : piece.rows[k].x + first * s.per;
            here[k].g = piece.rows[k].g + o;
          }
          for (int64_t t = 0; t < taps; ++t) {
            const int64_t offset = (k2 + t) * c.dilation[2] - c.low[2];
            int64_t low, high;
            covered(c, offset, &low, &high);
            low = least(low, c.out[2]), high = most(low, high);
            s.offset[t] = zeros ? 0 : offset * c.in_pixel;
            s.low[t] = part_of_row == kPresent ? low : part_of_row == kAfter ? high : 0;
            s.high[t] = part_of_row == kPresent ? high : part_of_row == kBefore ? low : c.out[2];
          }
          switch (2 * taps + vectors) {
            case 3: lanes_sums<1, 1>(s, mixes, part); break;
            case 4: lanes_sums<1, 2>(s, mixes, part); break;
            case 5: lanes_sums<2, 1>(s, mixes, part); break;
            case 6: lanes_sums<2, 2>(s, mixes, part); break;
            case 7: lanes_sums<3, 1>(s, mixes, part); break;
            case 8: lanes_sums<3, 2>(s, mixes, part); break;
            case 9: lanes_sums<4, 1>(s, mixes, part); break;
            default: lanes_sums<4, 2>(s, mixes, part);
          }
        };
        if (piece.padding) {
          add(kWhole, true);
          continue;
        }
        add(kPresent, piece.more);
        if (work.strict) add(kBefore, true), add(kAfter, true);
      }
    }
  }
}

void kernel_gradient(const GradientWork* work) {
  const Conv& c = *work->conv;
  Segment rows[kMostSegments];
  const auto piece = c.lanes ? lanes_piece : dense_piece;
  const int64_t together = rows_together(c);
  for (int64_t begin = work->begin; begin < work->end; begin += together) {
    const int64_t end = least(work->end, begin + together);
    for (int64_t tap_row = work->first_tap_row; tap_row < work->end_tap_row; ++tap_row) {
      int64_t count = rows_of(*work, tap_row, begin, end, false, rows);
      piece(*work, tap_row, {rows, count, begin > work->begin, false});
      if (!work->strict) continue;
      count = rows_of(*work, tap_row, begin, end, true, rows);
      if (count) piece(*work, tap_row, {rows, count, true, true});
    }
  }
}

int all_finite(const float* p, int64_t count) {
  vec sum[4] = {};
  int64_t n = 0;
  for (; n + 4 * V <= count; n += 4 * V)
    UNROLL for (int k = 0; k < 4; ++k) sum[k] += 0.f * load(p + n + k * V);
  float rest = 0;
  for (; n < count; ++n) rest += 0.f * p[n];
  const vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  for (int k = 0; k < V; ++k) rest += all[k];
  return rest == 0;
}

const Kernels table = {V, kBlock, R, pack, convolve, kernel_gradient, all_finite};

}  // namespace

extern "C" const Kernels* JAXCNN_TABLE() { return &table; }

}  // namespace jaxcnn
