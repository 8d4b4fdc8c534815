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
#define INLINE_LAMBDA __attribute__((always_inline))

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

// The lanes that exist, none or more than a vector among them; the others zero.
INLINE vec load_existing(const float* p, int64_t count) {
  return count >= V ? load(p) : count > 0 ? load(p, (int)count) : vec{};
}

INLINE float lanes_summed(vec v) {
  float sum = 0;
  for (int n = 0; n < V; ++n) sum += v[n];
  return sum;
}

// Vector n of N; of the last one, where it is masked, the first lanes alone.
template <int N, bool Masked>
INLINE vec read(const float* p, int n, int last) {
  return Masked && n == N - 1 ? load(p + n * V, last) : load(p + n * V);
}

template <int N, bool Masked>
INLINE void write(float* p, int n, vec v, int last) {
  Masked && n == N - 1 ? store(p + n * V, v, last) : store(p + n * V, v);
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

// Some lanes of a vector.
#if defined(__AVX512F__)
typedef __mmask16 choice;
INLINE choice comparable(vec v) { return _mm512_cmp_ps_mask((__m512)v, (__m512)v, _CMP_ORD_Q); }
INLINE choice same(lanes a, lanes b) { return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b); }
// Where a > b, or a is NaN: of these lanes.
INLINE choice exceeds(vec a, vec b, choice of) {
  return _mm512_mask_cmp_ps_mask(of, (__m512)a, (__m512)b, _CMP_NLE_UQ);
}
INLINE vec where(choice c, vec a, vec b) { return (vec)_mm512_mask_blend_ps(c, (__m512)b, (__m512)a); }
INLINE lanes where(choice c, lanes a, lanes b) {
  return (lanes)_mm512_mask_blend_epi32(c, (__m512i)b, (__m512i)a);
}
#else
typedef lanes choice;
INLINE choice comparable(vec v) { return v == v; }
INLINE choice same(lanes a, lanes b) { return a == b; }
INLINE choice exceeds(vec a, vec b, choice of) { return ~(a <= b) & of; }
INLINE lanes where(choice c, lanes a, lanes b) { return (c & a) | (~c & b); }
INLINE vec where(choice c, vec a, vec b) {
#if defined(__AVX2__)
  return (vec)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)c);
#else
  return (vec)where(c, (lanes)a, (lanes)b);
#endif
}
#endif

// The first n lanes as bytes; a lane that is read beyond them is 0.
INLINE lanes load_bytes(const uint8_t* p, int n) {
#if defined(__AVX512F__)
  return (lanes)_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), p));
#else
#if defined(__AVX2__)
  if (n == V) return (lanes)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)p));
#endif
  lanes v = {};
  for (int i = 0; i < n; ++i) v[i] = p[i];
  return v;
#endif
}

INLINE void store_bytes(uint8_t* p, lanes v, int n) {
#if defined(__AVX512F__)
  _mm512_mask_cvtepi32_storeu_epi8(p, (__mmask16)((1u << n) - 1), (__m512i)v);
#else
#if defined(__AVX2__)
  if (n == V) {
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128((__m256i)v),
                                           _mm256_extracti128_si256((__m256i)v, 1));
    return _mm_storel_epi64((__m128i*)p, _mm_packus_epi16(words, words));
  }
#endif
  for (int i = 0; i < n; ++i) p[i] = (uint8_t)v[i];
#endif
}

// The larger, as IEEE 754-2019 says: NaN if either is, and 0 is more than -0.
INLINE vec larger(vec a, vec b) {
#if defined(__AVX512F__)
  const __mmask16 either = _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_UNORD_Q);
  const __m512 most = _mm512_range_ps((__m512)a, (__m512)b, 5);  // with the sign of what was larger
  return (vec)_mm512_mask_add_ps(most, either, (__m512)a, (__m512)b);
#elif defined(__AVX2__)
  // Of two zeros the processor takes the second: if only one is -0, their bits in common are those of 0.
  const __m256 one = _mm256_max_ps((__m256)a, (__m256)b), other = _mm256_max_ps((__m256)b, (__m256)a);
  return (vec)_mm256_or_ps(_mm256_and_ps(one, other), _mm256_cmp_ps((__m256)a, (__m256)b, _CMP_UNORD_Q));
#else
  return where((a > b) | (a != a) | ((a == b) & ((lanes)b >> 31)), a, b);
#endif
}

constexpr INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
constexpr INLINE int64_t over(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace
}  // namespace jaxcnn

#endif  // JAXCNN_VECTOR_H_
