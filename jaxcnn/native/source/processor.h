// Which kernels this processor runs.

#ifndef JAXCNN_PROCESSOR_H_
#define JAXCNN_PROCESSOR_H_

#include "kernels.h"

namespace jaxcnn {

// Chooses the kernels of a kind (avx512, avx2, base), if this processor can run them.
bool choose(const char* kind);

// The chosen ones, or nullptr.
const Kernels* kernels();

}  // namespace jaxcnn

#endif  // JAXCNN_PROCESSOR_H_
