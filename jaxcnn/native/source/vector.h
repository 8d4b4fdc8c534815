// Vectors of the processor that kernels.cc is compiled for.

#ifndef JAXCNN_VECTOR_H_
#define JAXCNN_VECTOR_H_

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

#define UNROLL _Pragma("GCC unroll 32")
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

constexpr INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr INLINE int64_t over(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_VECTOR_H_
