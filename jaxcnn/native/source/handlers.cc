// What XLA calls: its buffers, attributes and threads, handed to convolution.cc.

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "convolution.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace jaxcnn {
namespace {

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Array>;
using Numbers = ffi::Span<const int64_t>;

class XlaPool : public Pool {
 public:
  explicit XlaPool(ffi::ThreadPool& pool) : pool_(pool), threads_(pool.num_threads()) {}
  int64_t threads() const override { return threads_; }
  void schedule(std::function<void()> task) override { pool_.Schedule(std::move(task)); }

 private:
  ffi::ThreadPool& pool_;
  const int64_t threads_;
};

ffi::Error read(Numbers numbers, const Floats& given, bool gradient, Sizes* sizes) {
  const char* what = "another count of sizes";
  if ((int64_t)numbers.size() == kNumbers) {
    std::memcpy(sizes, numbers.begin(), sizeof(Sizes));
    what = fault(*sizes, given, gradient);
  }
  if (!what) return ffi::Error::Success();
  return ffi::Error::InvalidArgument(std::string("jaxcnn's native convolution got ") + what);
}

ffi::Error no_memory() {
  return ffi::Error(ffi::ErrorCode::kResourceExhausted, "jaxcnn's native convolution: no memory");
}

ffi::Error on_convolution(ffi::ThreadPool threads, Array x, Array kernel, Result y, Result scratch,
                          Numbers numbers) try {
  Sizes sizes;
  const Floats given = {(int64_t)x.element_count(), (int64_t)kernel.element_count(),
                        (int64_t)y->element_count(), (int64_t)scratch->element_count()};
  ffi::Error error = read(numbers, given, false, &sizes);
  if (error.failure()) return error;
  XlaPool pool(threads);
  convolve(pool, sizes, x.typed_data(), kernel.typed_data(), y->typed_data(),
           scratch->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

ffi::Error on_kernel_gradient(ffi::ThreadPool threads, Array x, Array g, Result dk, Result scratch,
                              Numbers numbers) try {
  Sizes sizes;
  const Floats given = {(int64_t)x.element_count(), (int64_t)dk->element_count(),
                        (int64_t)g.element_count(), (int64_t)scratch->element_count()};
  ffi::Error error = read(numbers, given, true, &sizes);
  if (error.failure()) return error;
  XlaPool pool(threads);
  kernel_gradient(pool, sizes, x.typed_data(), g.typed_data(), dk->typed_data(),
                  scratch->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

}  // namespace
}  // namespace jaxcnn

#define EXPORTED __attribute__((visibility("default")))

extern "C" EXPORTED int jaxcnn_choose(const char* kind) { return jaxcnn::choose(kind); }

extern "C" EXPORTED int64_t jaxcnn_scratch(const int64_t* numbers, int64_t count, int gradient) {
  jaxcnn::Sizes sizes;
  if (count != jaxcnn::kNumbers) return -1;
  std::memcpy(&sizes, numbers, sizeof(sizes));
  return jaxcnn::scratch_floats(sizes, gradient);
}

extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv_kernel_gradient(XLA_FFI_CallFrame*);

#define JAXCNN_BINDING                      \
  ffi::Ffi::Bind()                          \
      .Ctx<ffi::ThreadPool>()               \
      .Arg<jaxcnn::Array>()                 \
      .Arg<jaxcnn::Array>()                 \
      .Ret<jaxcnn::Array>()                 \
      .Ret<jaxcnn::Array>()                 \
      .Attr<ffi::Span<const int64_t>>("sizes")

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv, jaxcnn::on_convolution, JAXCNN_BINDING);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv_kernel_gradient, jaxcnn::on_kernel_gradient,
                              JAXCNN_BINDING);
