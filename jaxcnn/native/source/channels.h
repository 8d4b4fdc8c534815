// Sums over all pixels, channel by channel, for batch normalisation: vectors of channels, some rows at a time.

#ifndef JAXCNN_CHANNELS_H_
#define JAXCNN_CHANNELS_H_

#include "vector.h"

namespace jaxcnn {
namespace {

constexpr int64_t kRows = 64;  // of up to four vectors of channels: what is read twice stays in the first cache

// Mean and sum of squares about it of some rows at a time, put together as T. F. Chan, G. H. Golub and
// R. J. LeVeque do (Algorithms for computing the sample variance, 1983, equation 2.1).
struct Moments {
  template <int N, bool Masked>
  static INLINE void of(const ChannelWork& w, int64_t c, int last) {
    vec mean[N], squares[N];
    UNROLL for (int n = 0; n < N; ++n) mean[n] = squares[n] = vec{};
    for (int64_t begin = w.begin; begin < w.end; begin += kRows) {
      const int64_t rows = least(kRows, w.end - begin);
      const float* x = w.x + begin * w.channels + c;
      vec sum[N], about[N];
      UNROLL for (int n = 0; n < N; ++n) sum[n] = about[n] = vec{};
      for (int64_t r = 0; r < rows; ++r)
        UNROLL for (int n = 0; n < N; ++n)
          sum[n] += read<N, Masked>(x + r * w.channels, n, last);
      UNROLL for (int n = 0; n < N; ++n) sum[n] /= splat((float)rows);
      for (int64_t r = 0; r < rows; ++r)
        UNROLL for (int n = 0; n < N; ++n) {
          const vec far = read<N, Masked>(x + r * w.channels, n, last) - sum[n];
          about[n] += far * far;
        }
      const float before = (float)(begin - w.begin), all = before + (float)rows;
      UNROLL for (int n = 0; n < N; ++n) {
        const vec step = sum[n] - mean[n];
        mean[n] += step * splat((float)rows / all);
        squares[n] += about[n] + step * step * splat(before / all * (float)rows);
      }
    }
    UNROLL for (int n = 0; n < N; ++n) {
      write<N, Masked>(w.sums + c, n, mean[n], last);
      write<N, Masked>(w.sums + w.channels + c, n, squares[n], last);
    }
  }
};

// The sums of g and of g * (x - mean).
struct ChannelSums {
  template <int N, bool Masked>
  static INLINE void of(const ChannelWork& w, int64_t c, int last) {
    vec mean[N], sum[N], product[N];
    UNROLL for (int n = 0; n < N; ++n) {
      mean[n] = read<N, Masked>(w.mean + c, n, last);
      sum[n] = product[n] = vec{};
    }
    for (int64_t begin = w.begin; begin < w.end; begin += kRows) {
      const int64_t rows = least(kRows, w.end - begin);
      const float *x = w.x + begin * w.channels + c, *g = w.g + begin * w.channels + c;
      vec some[N], products[N];
      UNROLL for (int n = 0; n < N; ++n) some[n] = products[n] = vec{};
      for (int64_t r = 0; r < rows; ++r)
        UNROLL for (int n = 0; n < N; ++n) {
          const vec one = read<N, Masked>(g + r * w.channels, n, last);
          some[n] += one;
          products[n] += one * (read<N, Masked>(x + r * w.channels, n, last) - mean[n]);
        }
      UNROLL for (int n = 0; n < N; ++n) sum[n] += some[n], product[n] += products[n];
    }
    UNROLL for (int n = 0; n < N; ++n) {
      write<N, Masked>(w.sums + c, n, sum[n], last);
      write<N, Masked>(w.sums + w.channels + c, n, product[n], last);
    }
  }
};

template <class Result>
void each_channel(const ChannelWork& w) {
  int64_t c = 0;
  for (; c + 4 * V <= w.channels; c += 4 * V) Result::template of<4, false>(w, c, V);
  for (int64_t left; (left = w.channels - c) > 0; c += V)
    left >= V ? Result::template of<1, false>(w, c, V) : Result::template of<1, true>(w, c, (int)left);
}

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_CHANNELS_H_
