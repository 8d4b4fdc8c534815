// What XLA calls: its buffers, attributes and threads, handed to convolution.cc, pooling.cc and statistics.cc.

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "convolution.h"
#include "pooling.h"
#include "processor.h"
#include "statistics.h"
#include "winograd.h"
#include "xla/ffi/api/ffi.h"

namespace ffi = xla::ffi;

namespace jaxcnn {
namespace {

using Array = ffi::Buffer<ffi::F32>;
using Result = ffi::Result<Array>;
using Numbers = ffi::Span<const int64_t>;

class XlaThreads : public Threads {
 public:
  explicit XlaThreads(ffi::ThreadPool& pool) : pool_(pool), count_(pool.num_threads()) {}
  int64_t count() const override { return count_; }
  void schedule(std::function<void()> task) override { pool_.Schedule(std::move(task)); }

 private:
  ffi::ThreadPool& pool_;
  const int64_t count_;
};

// Two ways to compute a convolution and its kernel gradient.
struct Way {
  const char* (*fault)(const Sizes&, const Floats&, bool gradient);
  void (*convolve)(Threads&, const Sizes&, const float*, const float*, float*, float*);
  void (*kernel_gradient)(Threads&, const Sizes&, const float*, const float*, float*, float*);
};
constexpr Way kPlain = {fault, convolve, kernel_gradient};
constexpr Way kWinograd = {winograd_fault, winograd, winograd_kernel_gradient};

ffi::Error read(const Way& way, Numbers numbers, const Floats& given, bool gradient, Sizes* sizes) {
  const char* what = "another count of sizes";
  if ((int64_t)numbers.size() == kNumbers) {
    std::memcpy(sizes, numbers.begin(), sizeof(Sizes));
    what = way.fault(*sizes, given, gradient);
  }
  if (!what) return ffi::Error::Success();
  return ffi::Error::InvalidArgument(std::string("jaxcnn's native convolution got ") + what);
}

ffi::Error no_memory() {
  return ffi::Error(ffi::ErrorCode::kResourceExhausted, "jaxcnn's native kernels: no memory");
}

template <const Way& way>
ffi::Error on_convolution(ffi::ThreadPool pool, Array x, Array kernel, Result y, Result scratch,
                          Numbers numbers) try {
  Sizes sizes;
  const Floats given = {(int64_t)x.element_count(), (int64_t)kernel.element_count(),
                        (int64_t)y->element_count(), (int64_t)scratch->element_count()};
  ffi::Error error = read(way, numbers, given, false, &sizes);
  if (error.failure()) return error;
  XlaThreads threads(pool);
  way.convolve(threads, sizes, x.typed_data(), kernel.typed_data(), y->typed_data(),
               scratch->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

template <const Way& way>
ffi::Error on_kernel_gradient(ffi::ThreadPool pool, Array x, Array g, Result dk, Result scratch,
                              Numbers numbers) try {
  Sizes sizes;
  const Floats given = {(int64_t)x.element_count(), (int64_t)dk->element_count(),
                        (int64_t)g.element_count(), (int64_t)scratch->element_count()};
  ffi::Error error = read(way, numbers, given, true, &sizes);
  if (error.failure()) return error;
  XlaThreads threads(pool);
  way.kernel_gradient(threads, sizes, x.typed_data(), g.typed_data(), dk->typed_data(),
                      scratch->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

ffi::Error read(Numbers numbers, int64_t pixels, int64_t results, Windows* windows) {
  const char* what = "another count of sizes";
  if ((int64_t)numbers.size() == kWindowNumbers) {
    std::memcpy(windows, numbers.begin(), sizeof(Windows));
    what = fault(*windows, pixels, results);
  }
  if (!what) return ffi::Error::Success();
  return ffi::Error::InvalidArgument(std::string("jaxcnn's native pool got ") + what);
}

using Bytes = ffi::Result<ffi::Buffer<ffi::U8>>;
using Pool = void (*)(Threads&, const Windows&, const float*, float*);

template <class Compute>
ffi::Error pooled(ffi::ThreadPool& pool, Array from, Result to, bool back, Numbers numbers, Compute compute) try {
  Windows windows;
  int64_t pixels = (int64_t)from.element_count(), results = (int64_t)to->element_count();
  if (back) std::swap(pixels, results);
  ffi::Error error = read(numbers, pixels, results, &windows);
  if (error.failure()) return error;
  XlaThreads threads(pool);
  compute(threads, windows, from.typed_data(), to->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

template <Pool Compute, bool Back>
ffi::Error on_pool(ffi::ThreadPool pool, Array from, Result to, Numbers numbers) {
  return pooled(pool, from, to, Back, numbers, Compute);
}

ffi::Error on_sum_pool(ffi::ThreadPool pool, Array x, Result y, Numbers numbers, float divisor) {
  return pooled(pool, x, y, false, numbers,
                [divisor](Threads& threads, const Windows& windows, const float* from, float* to) {
                  total(threads, windows, from, to, divisor);
                });
}

ffi::Error on_scatter(ffi::ThreadPool pool, Array g, Array x, Result dx, Bytes winners, Numbers numbers) try {
  Windows windows;
  ffi::Error error = read(numbers, (int64_t)x.element_count(), (int64_t)g.element_count(), &windows);
  if (error.failure()) return error;
  if (dx->element_count() != x.element_count() || winners->element_count() != g.element_count())
    return ffi::Error::InvalidArgument("jaxcnn's native pool got results of other sizes");
  if (!numbered(windows))
    return ffi::Error::InvalidArgument("jaxcnn's native pool got a window of too many taps");
  XlaThreads threads(pool);
  scatter(threads, windows, g.typed_data(), x.typed_data(), dx->typed_data(), winners->typed_data());
  return error;
} catch (const std::bad_alloc&) {
  return no_memory();
}

int64_t channels_of(const Array& x) { return x.dimensions().size() ? x.dimensions().back() : 0; }

// What is wrong with the sizes of a call for the sums of x, or nullptr.
const char* sums_fault(const Array& x, Result& sums, Result& scratch) {
  const int64_t channels = channels_of(x);
  const int64_t floats = channels ? statistics_scratch((int64_t)x.element_count() / channels, channels) : -1;
  if (floats < 0) return "no kernels for this processor, or an empty or too large array";
  if ((int64_t)sums->element_count() != 2 * channels) return "results of another size";
  return (int64_t)scratch->element_count() < floats ? "too little scratch memory" : nullptr;
}

ffi::Error sums_error(const char* what) {
  return ffi::Error::InvalidArgument(std::string("jaxcnn's native sums got ") + what);
}

ffi::Error on_moments(ffi::ThreadPool pool, Array x, Result result, Result scratch) try {
  if (const char* what = sums_fault(x, result, scratch)) return sums_error(what);
  const int64_t channels = channels_of(x);
  XlaThreads threads(pool);
  moments(threads, (int64_t)x.element_count() / channels, channels, x.typed_data(), result->typed_data(),
          scratch->typed_data());
  return ffi::Error::Success();
} catch (const std::bad_alloc&) {
  return no_memory();
}

ffi::Error on_channel_sums(ffi::ThreadPool pool, Array g, Array x, Array mean, Result result, Result scratch) try {
  if (const char* what = sums_fault(x, result, scratch)) return sums_error(what);
  const int64_t channels = channels_of(x);
  if (g.element_count() != x.element_count() || (int64_t)mean.element_count() != channels)
    return sums_error("arrays of other sizes");
  XlaThreads threads(pool);
  channel_sums(threads, (int64_t)x.element_count() / channels, channels, g.typed_data(), x.typed_data(),
           mean.typed_data(), result->typed_data(), scratch->typed_data());
  return ffi::Error::Success();
} catch (const std::bad_alloc&) {
  return no_memory();
}

}  // namespace
}  // namespace jaxcnn

#define EXPORTED __attribute__((visibility("default")))

extern "C" EXPORTED int jaxcnn_choose(const char* kind) { return jaxcnn::choose(kind); }

extern "C" EXPORTED int64_t jaxcnn_scratch(const int64_t* numbers, int64_t count, int gradient, int winograd) {
  jaxcnn::Sizes sizes;
  if (count != jaxcnn::kNumbers) return -1;
  std::memcpy(&sizes, numbers, sizeof(sizes));
  return winograd ? jaxcnn::winograd_scratch(sizes, gradient) : jaxcnn::scratch_floats(sizes, gradient);
}

extern "C" EXPORTED int jaxcnn_pools(const int64_t* numbers, int64_t count) {
  jaxcnn::Windows windows;
  if (count != jaxcnn::kWindowNumbers) return 0;
  std::memcpy(&windows, numbers, sizeof(windows));
  return !jaxcnn::fault(windows);
}

extern "C" EXPORTED int64_t jaxcnn_statistics_scratch(int64_t rows, int64_t channels) {
  return jaxcnn::statistics_scratch(rows, channels);
}

extern "C" EXPORTED XLA_FFI_Error* jaxcnn_moments(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_channel_sums(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv_kernel_gradient(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv_winograd(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_conv_winograd_kernel_gradient(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_max_pool(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_max_pool_scatter(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_sum_pool(XLA_FFI_CallFrame*);
extern "C" EXPORTED XLA_FFI_Error* jaxcnn_sum_pool_back(XLA_FFI_CallFrame*);

#define JAXCNN_BINDING                      \
  ffi::Ffi::Bind()                          \
      .Ctx<ffi::ThreadPool>()               \
      .Arg<jaxcnn::Array>()                 \
      .Arg<jaxcnn::Array>()                 \
      .Ret<jaxcnn::Array>()                 \
      .Ret<jaxcnn::Array>()                 \
      .Attr<ffi::Span<const int64_t>>("sizes")

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv, jaxcnn::on_convolution<jaxcnn::kPlain>, JAXCNN_BINDING);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv_kernel_gradient, jaxcnn::on_kernel_gradient<jaxcnn::kPlain>,
                              JAXCNN_BINDING);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv_winograd, jaxcnn::on_convolution<jaxcnn::kWinograd>, JAXCNN_BINDING);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_conv_winograd_kernel_gradient, jaxcnn::on_kernel_gradient<jaxcnn::kWinograd>,
                              JAXCNN_BINDING);

#define JAXCNN_SUMS .Ret<jaxcnn::Array>().Ret<jaxcnn::Array>()

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_moments, jaxcnn::on_moments,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>().Arg<jaxcnn::Array>() JAXCNN_SUMS);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_channel_sums, jaxcnn::on_channel_sums,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<jaxcnn::Array>()
                                  .Arg<jaxcnn::Array>()
                                  .Arg<jaxcnn::Array>() JAXCNN_SUMS);

#define JAXCNN_POOL                         \
  ffi::Ffi::Bind()                          \
      .Ctx<ffi::ThreadPool>()               \
      .Arg<jaxcnn::Array>()                 \
      .Ret<jaxcnn::Array>()                 \
      .Attr<ffi::Span<const int64_t>>("sizes")

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_max_pool, (jaxcnn::on_pool<jaxcnn::maximum, false>), JAXCNN_POOL);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_sum_pool, jaxcnn::on_sum_pool, JAXCNN_POOL.Attr<float>("divisor"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_sum_pool_back, (jaxcnn::on_pool<jaxcnn::total_back, true>),
                              JAXCNN_POOL);
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_max_pool_scatter, jaxcnn::on_scatter,
                              ffi::Ffi::Bind()
                                  .Ctx<ffi::ThreadPool>()
                                  .Arg<jaxcnn::Array>()
                                  .Arg<jaxcnn::Array>()
                                  .Ret<jaxcnn::Array>()
                                  .Ret<ffi::Buffer<ffi::U8>>()
                                  .Attr<ffi::Span<const int64_t>>("sizes"));
