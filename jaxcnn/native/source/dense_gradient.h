// The kernel gradient of a convolution whose groups fill vectors: for every tap a product of inputs and
// cotangents, summed over pixels.
//
// Some hundred pixels at a time are gathered, so that a register tile reads neighbours only (pixels as
// they lie are a power of two apart, which few caches hold): the cotangents as (block, pixel, channel of the
// block), the inputs that a row of taps meets as (tile, column, channel of the tile), zeros for padding.

#ifndef JAXCNN_DENSE_GRADIENT_H_
#define JAXCNN_DENSE_GRADIENT_H_

#include "vector.h"

namespace jaxcnn {
namespace {

constexpr int64_t kPixels = 4096 / kBlock;     // of a chunk: the cotangents of a block stay in the first cache
constexpr int64_t kBlocks = 4;                 // whose cotangents are gathered at a time
constexpr int64_t kInputs = int64_t{16} << 10; // floats of inputs that are gathered at a time
constexpr int kTall = R > 12 ? R : 12;        // inputs of a tile of one vector

struct Gathered {
  alignas(64) float cotangents[kBlocks * kPixels * kBlock];
  alignas(64) float inputs[kInputs];
};

struct Run {        // pixels of a chunk that are neighbours in a row of the output
  int64_t row, first, count;
  const float* x;   // the row of the input that the row of taps meets, or null: padding
};

struct Segment {    // the same, gathered: where it begins among the inputs and the cotangents
  int64_t x, g, count;
};

struct Sum {
  const Segment* segments;
  int64_t count, x_step;
  const float *x, *g;
  float* to;        // (M, N * V), rows `pitch` floats apart
  int64_t pitch;
  int last;         // lanes of the last vector that exist
  bool more;        // add to what is there
};

template <int M, int N>
void dense_sum(const Sum& s) {
  vec sum[M][N];
  UNROLL for (int m = 0; m < M; ++m) {
    __builtin_prefetch(s.to + m * s.pitch, 1);
    UNROLL for (int n = 0; n < N; ++n) sum[m][n] = vec{};
  }
  for (int64_t k = 0; k < s.count; ++k) {
    const float *x = s.x + s.segments[k].x, *g = s.g + s.segments[k].g;
    for (int64_t i = s.segments[k].count; i > 0; --i, x += s.x_step, g += kBlock) {
      vec cotangents[N];
      UNROLL for (int n = 0; n < N; ++n) cotangents[n] = load(g + n * V);
      UNROLL for (int m = 0; m < M; ++m) {
        const vec one = splat(x[m]);
        UNROLL for (int n = 0; n < N; ++n) sum[m][n] += one * cotangents[n];
      }
    }
  }
  UNROLL for (int m = 0; m < M; ++m) UNROLL for (int n = 0; n < N; ++n) {
    float* to = s.to + m * s.pitch + n * V;
    if (n < N - 1 || s.last == V)
      store(to, s.more ? load(to) + sum[m][n] : sum[m][n]);
    else
      store(to, s.more ? load(to, s.last) + sum[m][n] : sum[m][n], s.last);
  }
}

template <int M>
void dense_sums(int64_t height, int64_t left, const Sum& s) {
  if constexpr (M > 1) {
    if (height < M) return dense_sums<M - 1>(height, left, s);
  }
  if constexpr (M <= R) {
    if (left > V) return dense_sum<M, 2>(s);
  }
  dense_sum<M, 1>(s);
}

// Copies `count` columns `step` floats apart into `tiles` tiles of H channels, and `rest` more channels into
// another.
template <int H>
void gather_columns(int64_t height, const float* x, int64_t count, int64_t step, int64_t tiles,
                    int64_t rest, float* to, int64_t pitch) {
  if constexpr (H > 1) {
    if (height < H)
      return gather_columns<H - 1>(height, x, count, step, tiles, rest, to, pitch);
  }
  for (int64_t column = 0; column < count; ++column, x += step, to += H) {
    for (int64_t tile = 0; tile < tiles; ++tile)
      memcpy(to + tile * pitch, x + tile * H, sizeof(float) * H);
    for (int64_t i = 0; i < rest; ++i) to[tiles * pitch + i] = x[tiles * H + i];
  }
}

// What of the inputs is gathered: for some taps of the last axis, some tiles of channels.
struct Wanted {
  int64_t step;     // input columns from a column to the next
  int64_t offset;   // of the first column from the first pixel's
  int64_t more;     // columns beyond one for each pixel's step
  int64_t stride;   // columns from a pixel's to the next one's
  int64_t height, in, end;  // channels of a tile; the channels in all
  int64_t columns(int64_t pixels) const { return (pixels - 1) * stride + 1 + more; }
};

void gather_inputs(const Conv& c, const Run* runs, int64_t count, const Wanted& w, int64_t pitch,
                   float* to) {
  const int64_t tiles = (w.end - w.in) / w.height, rest = (w.end - w.in) % w.height;
  for (; count > 0; --count, ++runs) {
    const int64_t u = runs->first * c.stride[2] + w.offset, n = w.columns(runs->count);
    // The columns [low, high) lie on the input.
    int64_t low = u >= 0 ? 0 : least(n, over(-u, w.step));
    int64_t high = c.in[2] - u <= 0 ? 0 : least(n, over(c.in[2] - u, w.step));
    if (!runs->x) high = 0;
    low = least(low, n), high = most(low, high);
    for (int64_t tile = 0; tile < tiles + (rest > 0); ++tile) {
      memset(to + tile * pitch, 0, sizeof(float) * low * w.height);
      memset(to + tile * pitch + high * w.height, 0, sizeof(float) * (n - high) * w.height);
    }
    if (high > low)
      gather_columns<kTall>(w.height, runs->x + (u + low * w.step) * c.in_pixel + w.in, high - low,
                            w.step * c.in_pixel, tiles, rest, to + low * w.height, pitch);
    to += n * w.height;
  }
}

void gather_cotangents(const GradientWork& work, int64_t block, int64_t blocks, const Run* runs,
                       int64_t count, float* to) {
  const Conv& c = *work.conv;
  for (; count > 0; --count, ++runs) {
    const float* g = work.g + (runs->row * c.out[2] + runs->first) * c.out_pixel +
                     work.group * c.outs + block * kBlock;
    for (int64_t n = 0; n < runs->count; ++n, g += c.out_pixel, to += kBlock)
      for (int64_t b = 0; b < blocks; ++b) {
        const int64_t left = c.outs - (block + b) * kBlock;
        float* there = to + b * kPixels * kBlock;
        for (int v = 0; v < 2; ++v) {
          store(there + v * V, load_existing(g + b * kBlock + v * V, left - v * V));
        }
      }
  }
}

// The row of the input that a row of taps meets from a row of the output, or null.
const float* met_row(const GradientWork& work, int64_t tap_row, int64_t row) {
  const Conv& c = *work.conv;
  const int64_t k0 = tap_row / c.kernel[1], k1 = tap_row % c.kernel[1];
  const int64_t q1 = row % c.out[1], q0 = row / c.out[1] % c.out[0];
  const int64_t n = row / c.out[1] / c.out[0];
  const int64_t u0 = q0 * c.stride[0] - c.low[0] + k0 * c.dilation[0];
  const int64_t u1 = q1 * c.stride[1] - c.low[1] + k1 * c.dilation[1];
  if (u0 < 0 || u0 >= c.in[0] || u1 < 0 || u1 >= c.in[1]) return nullptr;
  return work.x + ((n * c.in[0] + u0) * c.in[1] + u1) * c.in[2] * c.in_pixel + work.group * c.ins;
}

struct Chunk {
  const Run* runs;
  int64_t count, block, blocks;
  bool more;
};

// Adds what a chunk of pixels gives to a row of taps.
void dense_chunk(const GradientWork& work, const Chunk& chunk, int64_t tap_row, Gathered* here) {
  const Conv& c = *work.conv;
  const int64_t reach = (c.kernel[2] - 1) * c.dilation[2];
  Run runs[kPixels];
  Segment segments[kPixels];
  int64_t present = 0, pixels = 0, whole = 0, place = 0;
  for (int64_t n = 0; n < chunk.count; ++n) {
    Run run = chunk.runs[n];
    run.x = met_row(work, tap_row, run.row);
    if (run.x || work.strict) {
      pixels += run.count, whole += (run.count - 1) * c.stride[2] + 1 + reach;
      segments[present] = {0, place * kBlock, run.count};
      runs[present++] = run;
    }
    place += run.count;
  }
  Wanted w;
  w.height = over(c.ins, over(c.ins, c.outs > V ? R : kTall));  // tiles are as equal as that allows
  // All columns that the row of taps meets, or, where these are more, those of one tap at a time.
  const bool together =
      c.kernel[2] > 1 && whole <= pixels * c.kernel[2] && whole * w.height <= kInputs;
  const int64_t columns = together ? whole : pixels, taps = together ? c.kernel[2] : 1;
  w.step = together ? 1 : c.stride[2], w.stride = together ? c.stride[2] : 1;
  w.more = together ? reach : 0;
  Sum s;
  s.pitch = c.groups * c.outs, s.more = chunk.more, s.x_step = w.stride * w.height;
  s.segments = segments, s.count = 0;
  int64_t column = 0;
  for (int64_t n = 0; n < present; ++n) {
    Segment* last = segments + s.count - 1;
    if (!together && s.count && last->g + last->count * kBlock == segments[n].g)
      last->count += runs[n].count;  // goes on without a gap
    else
      segments[s.count++] = {column * w.height, segments[n].g, runs[n].count};
    column += w.columns(runs[n].count);
  }
  const int64_t tiles = most(1, kInputs / most(1, columns * w.height));  // gathered at a time
  for (int64_t first = 0; first < c.kernel[2]; first += taps) {
    w.offset = first * c.dilation[2] - c.low[2];
    for (w.in = 0; w.in < c.ins; w.in = w.end) {
      w.end = least(c.ins, w.in + tiles * w.height);
      gather_inputs(c, runs, present, w, columns * w.height, here->inputs);
      for (int64_t b = 0; b < chunk.blocks; ++b) {
        const int64_t o = (chunk.block + b) * kBlock, left = least(kBlock, c.outs - o);
        s.g = here->cotangents + b * kPixels * kBlock;
        s.last = (int)(left > V ? left - V : left);
        for (int64_t i = w.in; i < w.end; i += w.height)
          for (int64_t k2 = first; k2 < first + taps; ++k2) {
            s.x = here->inputs + (i - w.in) * columns + (k2 - first) * c.dilation[2] * w.height;
            s.to = work.dk + ((tap_row * c.kernel[2] + k2) * c.ins + i) * s.pitch +
                   work.group * c.outs + o;
            dense_sums<kTall>(least(w.height, w.end - i), left, s);
          }
      }
    }
  }
}

// In chunks of pixels: whole rows if they are short, equal parts of one if it is long.
void gradient_dense(const GradientWork& work) {
  const Conv& c = *work.conv;
  Gathered here;
  Run runs[kPixels];
  const int64_t width = c.out[2], rows = work.end - work.begin;
  int64_t size = over(width, over(width, kPixels));
  if (width <= kPixels) size = over(rows, over(rows, kPixels / width)) * width;
  const int64_t begin = work.begin * width, end = work.end * width;
  for (Chunk chunk = {runs, 0, work.first_block, 0, false}; chunk.block < work.end_block;
       chunk.block += kBlocks) {
    chunk.blocks = least(kBlocks, work.end_block - chunk.block);
    for (int64_t at = begin; at < end; at += size) {
      chunk.count = 0, chunk.more = at > begin;
      const int64_t stop = least(end, at + size);
      for (int64_t p = at, count; p < stop; p += count) {
        count = least(stop - p, width - p % width);
        runs[chunk.count++] = {p / width, p % width, count, nullptr};
      }
      gather_cotangents(work, chunk.block, chunk.blocks, runs, chunk.count, here.cotangents);
      for (int64_t tap_row = work.first_tap_row; tap_row < work.end_tap_row; ++tap_row)
        dense_chunk(work, chunk, tap_row, &here);
    }
  }
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_DENSE_GRADIENT_H_
