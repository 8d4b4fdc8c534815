// Maxima and averages of windows, and what brings a cotangent back through them: vectors of channels, row by row.
//
// Along each axis, the sources of a result (the pixels of a window; the windows that see a pixel) are so many
// from a first one on at equal distances. Those that do not exist are left out when that is worked out,
// so that the loops know neither padding nor dilation.

#ifndef JAXCNN_WINDOWS_H_
#define JAXCNN_WINDOWS_H_

#include "vector.h"

namespace jaxcnn {
namespace {

struct Sources {
  int64_t first, step, count;
  int64_t tap, tap_step;  // their places in the window
};

// Leaves out those below 0 or not below `size`; the step may be negative.
INLINE Sources existing(Sources s, int64_t size) {
  if (s.count <= 0) return {0, s.step, 0, 0, s.tap_step};
  const int64_t step = s.step > 0 ? s.step : -s.step;
  const int64_t last = s.first + (s.count - 1) * s.step;
  const int64_t before = s.step > 0 ? -s.first : s.first - (size - 1);
  const int64_t beyond = s.step > 0 ? last - (size - 1) : -last;
  const int64_t skip = before > 0 ? over(before, step) : 0;
  s.count = most(0, s.count - skip - (beyond > 0 ? over(beyond, step) : 0));
  s.first += skip * s.step, s.tap += skip * s.tap_step;
  return s;
}

// The pixels of window q.
INLINE Sources of_window(const Windows& w, int axis, int64_t q) {
  const Sources all = {q * w.stride[axis] - w.low[axis], w.dilation[axis], w.window[axis], 0, 1};
  return existing(all, w.in[axis]);
}

// The windows that see pixel p, in the order of the taps: q * stride + tap * dilation = p + low.
inline Sources of_pixel(const Windows& w, int axis, int64_t p) {
  const int64_t stride = w.stride[axis], dilation = w.dilation[axis], at = p + w.low[axis];
  int64_t divisor = stride, rest = dilation;  // the greatest common one
  while (rest) {
    const int64_t next = divisor % rest;
    divisor = rest, rest = next;
  }
  const int64_t tap_step = stride / divisor, taps = least(w.window[axis], tap_step);
  int64_t tap = dilation == 1 ? most(0, at) % stride : 0;
  while (tap < taps && (at - tap * dilation) % stride) ++tap;
  if (tap >= taps) return {0, 1, 0, 0, 1};
  const Sources all = {(at - tap * dilation) / stride, -dilation / divisor,
                       over(w.window[axis] - tap, tap_step), tap, tap_step};
  return existing(all, w.out[axis]);
}

// Results that are neighbours, and so are their sources: one stretch of floats.
struct Stretch {
  int32_t to, pixels, first, count, tap;
};

struct Row {    // of sources
  int64_t at;   // floats before it
  int32_t tap;  // the number of its first tap in the window
};

// What one row of results meets.
struct Met {
  const PoolWork* work;
  Row rows[kMostWindowRows];
  int64_t count;
  int64_t step;      // floats from source to source in a row
  int32_t tap_step;
};

struct Floats {      // some of a stretch
  int64_t from;      // floats from the beginning of a row of sources
  int64_t to;        // floats from the beginning of the results
  int64_t count;     // of sources of each
  int32_t tap;       // of the first
  int last;          // lanes of the last vector that exist
  bool streams;
};

template <int N, bool Masked>
INLINE void write(float* p, int n, vec v, const Floats& f) {
  f.streams && !(Masked && n == N - 1) ? stream(p + n * V, v) : write<N, Masked>(p, n, v, f.last);
}

template <int N, bool Masked, class Visit>
INLINE void each_source(const Met& met, const Floats& f, Visit visit) {
  for (const Row *row = met.rows, *end = row + met.count; row < end; ++row) {
    int64_t at = row->at + f.from;
    int32_t tap = row->tap + f.tap;
    for (int64_t k = 0; k < f.count; ++k, at += met.step, tap += met.tap_step) visit(at, tap);
  }
}

struct Maximum {
  template <int N, bool Masked>
  static INLINE void of(const Met& met, const Floats& f) {
    vec result[N];
    UNROLL for (int n = 0; n < N; ++n) result[n] = splat(-__builtin_inff());
    each_source<N, Masked>(met, f, [&](int64_t at, int32_t) INLINE_LAMBDA {
      UNROLL for (int n = 0; n < N; ++n)
        result[n] = larger(result[n], read<N, Masked>(met.work->from + at, n, f.last));
    });
    UNROLL for (int n = 0; n < N; ++n) write<N, Masked>(met.work->to + f.to, n, result[n], f);
  }
};

template <bool Divided>
struct Total {
  template <int N, bool Masked>
  static INLINE void of(const Met& met, const Floats& f) {
    vec result[N];
    UNROLL for (int n = 0; n < N; ++n) result[n] = vec{};
    each_source<N, Masked>(met, f, [&](int64_t at, int32_t) INLINE_LAMBDA {
      UNROLL for (int n = 0; n < N; ++n)
        result[n] += read<N, Masked>(met.work->from + at, n, f.last);
    });
    if (Divided) UNROLL for (int n = 0; n < N; ++n) result[n] /= splat(met.work->divisor);
    UNROLL for (int n = 0; n < N; ++n) write<N, Masked>(met.work->to + f.to, n, result[n], f);
  }
};

// The tap of the first maximum, or of the first NaN. Where nothing is more than the padding, the first tap.
struct Winners {
  template <int N, bool Masked>
  static INLINE void of(const Met& met, const Floats& f) {
    vec best[N];
    lanes winner[N];
    choice sorted[N];
    UNROLL for (int n = 0; n < N; ++n)
      best[n] = splat(-__builtin_inff()), winner[n] = lanes{}, sorted[n] = comparable(vec{});
    each_source<N, Masked>(met, f, [&](int64_t at, int32_t tap) INLINE_LAMBDA {
      const lanes number = tap - lanes{};
      UNROLL for (int n = 0; n < N; ++n) {
        const vec one = read<N, Masked>(met.work->from + at, n, f.last);
        const choice wins = exceeds(one, best[n], sorted[n]);
        best[n] = where(wins, one, best[n]), winner[n] = where(wins, number, winner[n]);
        sorted[n] = comparable(best[n]);
      }
    });
    uint8_t* to = met.work->winners + f.to;
    UNROLL for (int n = 0; n < N; ++n)
      store_bytes(to + n * V, winner[n], Masked && n == N - 1 ? f.last : V);
  }
};

// From each window that sees a pixel, its cotangent where the pixel's tap has won.
struct Shares {
  template <int N, bool Masked>
  static INLINE void of(const Met& met, const Floats& f) {
    vec result[N];
    UNROLL for (int n = 0; n < N; ++n) result[n] = vec{};
    each_source<N, Masked>(met, f, [&](int64_t at, int32_t tap) INLINE_LAMBDA {
      const lanes number = tap - lanes{};
      const uint8_t* winners = met.work->winners + at;
      UNROLL for (int n = 0; n < N; ++n) {
        const lanes winner = load_bytes(winners + n * V, Masked && n == N - 1 ? f.last : V);
        const vec g = read<N, Masked>(met.work->from + at, n, f.last);
        result[n] += where(same(winner, number), g, vec{});
      }
    });
    UNROLL for (int n = 0; n < N; ++n) write<N, Masked>(met.work->to + f.to, n, result[n], f);
  }
};

template <class Result>
void pool_rows(const PoolWork& work, bool back) {
  const Windows& w = *work.windows;
  const int64_t *to_size = back ? w.in : w.out, *from_size = back ? w.out : w.in;
  const int64_t row = from_size[2] * w.channels;
  const auto sources = [&](int axis, int64_t n) {
    return back ? of_pixel(w, axis, n) : of_window(w, axis, n);
  };
  Stretch stretches[kMostColumns];
  int64_t count = 0;
  Met met;
  met.work = &work, met.step = 0, met.tap_step = 1;
  for (int64_t column = work.first_column; column < work.end_column; ++column) {
    const Sources s = sources(2, column);
    if (s.count) met.step = s.step * w.channels, met.tap_step = (int32_t)s.tap_step;
    const Stretch next = {(int32_t)column, 1, (int32_t)s.first, (int32_t)s.count, (int32_t)s.tap};
    Stretch* last = count ? &stretches[count - 1] : nullptr;
    if (last && last->count == next.count &&
        (!next.count || (last->first + last->pixels == next.first && last->tap == next.tap)))
      ++last->pixels;
    else
      stretches[count++] = next;
  }
  const bool streams = work.stream && w.channels % V == 0 && (uintptr_t)work.to % sizeof(vec) == 0;
  for (int64_t n = work.begin; n < work.end; ++n) {
    const Sources a = sources(0, n / to_size[1] % to_size[0]), b = sources(1, n % to_size[1]);
    const int64_t image = n / to_size[1] / to_size[0] * from_size[0];
    met.count = 0;
    for (int64_t i = 0; i < a.count; ++i)
      for (int64_t j = 0; j < b.count; ++j)
        met.rows[met.count++] = {
            ((image + a.first + i * a.step) * from_size[1] + b.first + j * b.step) * row,
            (int32_t)(((a.tap + i * a.tap_step) * w.window[1] + b.tap + j * b.tap_step) * w.window[2])};
    for (const Stretch* s = stretches; s < stretches + count; ++s) {
      Floats f = {s->first * w.channels, (n * to_size[2] + s->to) * w.channels, s->count, s->tap, V, streams};
      const auto pass = [&](int64_t floats) { f.from += floats, f.to += floats; };
      int64_t left = s->pixels * w.channels;
      for (; left >= 4 * V; left -= 4 * V, pass(4 * V)) Result::template of<4, false>(met, f);
      for (; left > V; left -= 2 * V, pass(2 * V)) {
        f.last = (int)least(V, left - V);
        Result::template of<2, true>(met, f);
      }
      f.last = (int)left;
      if (left > 0) Result::template of<1, true>(met, f);
    }
  }
  if (streams) streamed();
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_WINDOWS_H_
