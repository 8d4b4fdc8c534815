// Compiled for the oldest processor of its kind; see processor.h.

#include "processor.h"

#include <cstring>

namespace jaxcnn {
namespace {

const Kernels* chosen = nullptr;

bool has(const char* kind) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (!std::strcmp(kind, "avx2")) return v3;
  if (!std::strcmp(kind, "avx512"))
    return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  return false;
#else
  return !std::strcmp(kind, "base");
#endif
}

const Kernels* table(const char* kind) {
#if defined(__x86_64__)
  return std::strcmp(kind, "avx512") ? jaxcnn_kernels_v3() : jaxcnn_kernels_v4();
#else
  (void)kind;
  return jaxcnn_kernels_base();
#endif
}

}  // namespace

bool choose(const char* kind) {
  if (!has(kind)) return false;
  chosen = table(kind);
  return true;
}

const Kernels* kernels() { return chosen; }

}  // namespace jaxcnn
