// The native kernels on one core beside the peak of its products, measured in the same run, in the time of
// the process. Packing is left out (`pack` says what it takes).
//
//   S=jaxcnn/native/source; F="-std=c++17 -O3 -ffp-contract=fast -march=x86-64-v4 -I $S"
//   c++ $F $S/kernels.cc benchmarks/native_kernels.cc -o /tmp/native_kernels && /tmp/native_kernels
//
// With -march=x86-64-v3 those for AVX2.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "kernels.h"

using namespace jaxcnn;

#if defined(__AVX512F__)
static const Kernels* kernels() { return jaxcnn_kernels_v4(); }
constexpr int V = 16;
#else
static const Kernels* kernels() { return jaxcnn_kernels_v3(); }
constexpr int V = 8;
#endif

static double now() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

typedef float vec __attribute__((vector_size(4 * V)));

// GFLOP/s of independent multiply-adds in registers.
static double peak() {
  double best = 0;
  for (int round = 0; round < 20; ++round) {
    const vec none = {}, x = none + .999f, y = none + .001f;
    vec a0 = none, a1 = a0 + 1, a2 = a1 + 1, a3 = a2 + 1, a4 = a3 + 1;  // not one chain ten times
    vec a5 = a4 + 1, a6 = a5 + 1, a7 = a6 + 1, a8 = a7 + 1, a9 = a8 + 1;
    const int64_t turns = 400000;
    const double began = now();
    for (int64_t n = 0; n < turns; ++n) {
      a0 = a0 * x + y, a1 = a1 * x + y, a2 = a2 * x + y, a3 = a3 * x + y, a4 = a4 * x + y;
      a5 = a5 * x + y, a6 = a6 * x + y, a7 = a7 * x + y, a8 = a8 * x + y, a9 = a9 * x + y;
      asm volatile("" : "+x"(a0), "+x"(a1), "+x"(a2), "+x"(a3), "+x"(a4));
      asm volatile("" : "+x"(a5), "+x"(a6), "+x"(a7), "+x"(a8), "+x"(a9));
    }
    const double took = now() - began;
    const vec sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9;
    if (sum[0] < 0) puts("");  // else nothing need be computed
    best = std::max(best, turns * 20.0 * V / took / 1e9);
  }
  return best;
}

struct Row {
  int64_t batch, side, ins, outs, kernel, stride, groups;
};

static const Row rows[] = {
    {8, 28, 128, 128, 3, 1, 1}, {8, 7, 512, 512, 3, 1, 1},   {8, 112, 64, 64, 3, 1, 1},
    {8, 56, 128, 128, 3, 2, 1}, {8, 56, 256, 64, 1, 1, 1},   {64, 14, 20, 50, 5, 1, 1},
    {8, 56, 128, 128, 3, 1, 8}, {8, 56, 128, 128, 3, 1, 32}, {8, 56, 128, 128, 3, 1, 128},
    {8, 56, 96, 96, 7, 1, 96},
};

int main() {
  const Kernels* k = kernels();
  const double top = peak();
  printf("vectors of %d floats, peak %.1f GFLOP/s; share of it, and ms of packing\n", V, top);
  for (const Row& r : rows) {
    const int64_t pad = r.kernel / 2, out = (r.side + 2 * pad - r.kernel) / r.stride + 1;
    Conv c = {r.batch, r.groups, r.ins / r.groups, r.outs / r.groups, r.ins, r.outs,
              {1, r.side, r.side}, {1, out, out}, {1, r.kernel, r.kernel}, {1, r.stride, r.stride},
              {0, pad, pad}, {1, 1, 1}, {1, 1, 1}, 0, 0};
    c.lanes = r.groups > 1 && c.outs < V && V % c.outs == 0 && c.ins <= c.outs;
    Phase p = {};
    for (int a = 0; a < 3; ++a) {
      p.count[a] = c.out[a], p.step[a] = 1, p.stride[a] = c.stride[a];
      p.least[a] = -c.low[a], p.most[a] = c.kernel[a] - 1 - c.low[a];
    }
    p.across = (int)r.kernel;
    for (int64_t i = 0; i < r.kernel; ++i)
      for (int64_t j = 0; j < r.kernel; ++j, ++p.taps) {
        p.offset[p.taps][1] = i - pad, p.offset[p.taps][2] = j - pad;
        p.which[p.taps] = p.taps;
      }
    const int64_t width = c.lanes ? V : k->block, outs = c.lanes ? r.outs : c.outs;
    const int64_t groups = c.lanes ? 1 : r.groups, blocks = (outs + width - 1) / width;
    const int64_t taps = r.kernel * r.kernel;
    std::vector<float> x(r.batch * r.side * r.side * r.ins), y(r.batch * out * out * r.outs);
    std::vector<float> kernel(taps * c.ins * r.outs), gradient(kernel.size()), zeros(2 * r.ins + 16);
    std::vector<float> packed(groups * blocks * taps * c.ins * width + 16);
    float* aligned = packed.data() + (64 - (uintptr_t)packed.data() % 64) % 64 / 4;
    for (float& value : x) value = (float)rand() / RAND_MAX - .5f;
    for (float& value : kernel) value = (float)rand() / RAND_MAX - .5f;
    double packing = 1e9, forward = 1e9, backward = 1e9;
    for (int round = 0; round < 8; ++round) {
      const double t0 = now();
      for (int64_t g = 0; g < groups; ++g)
        for (int64_t b = 0; b < blocks; ++b) k->pack(&c, kernel.data(), aligned, g, b);
      const double t1 = now();
      const int64_t pixels = r.batch * out * out, chunk = 16 * k->rows;
      for (int64_t begin = 0; begin < pixels; begin += chunk) {
        const int64_t end = std::min(pixels, begin + chunk);
        const ConvWork work = {&c, &p, x.data(), aligned, zeros.data(), y.data(),
                               begin, end, 0, groups * blocks, 0, 0};
        k->convolve(&work);
      }
      const double t2 = now();
      const int64_t slices = std::max<int64_t>(1, std::min<int64_t>(16, pixels / 800));
      for (int64_t s = 0; s < slices; ++s)
        for (int64_t g = 0; g < groups; ++g) {
          const int64_t lines = r.batch * out;
          const GradientWork work = {&c, x.data(), y.data(), gradient.data(), s * lines / slices,
                                     (s + 1) * lines / slices, g, 0,
                                     c.lanes ? (blocks + 1) / 2 : blocks, 0, r.kernel, 0};
          k->kernel_gradient(&work);
        }
      const double t3 = now();
      packing = std::min(packing, t1 - t0), forward = std::min(forward, t2 - t1);
      backward = std::min(backward, t3 - t2);
    }
    const double flops = 2e-9 * r.batch * out * out * taps * c.ins * r.outs;
    printf("%2ldx%-2ld stride %ld, %3ld -> %3ld, %3ld groups, %3ldx%-3ld: output %3.0f %%, kernel "
           "gradient %3.0f %%, packing %.2f ms\n",
           (long)r.kernel, (long)r.kernel, (long)r.stride, (long)r.ins, (long)r.outs,
           (long)r.groups, (long)r.side, (long)r.side, 100 * flops / forward / top,
           100 * flops / backward / top, packing * 1e3);
  }
}
