// Native convolutions, pools and sums from several callers at once, on one pool of threads that all of them share, under
// ThreadSanitizer: `python scripts/sanitize_native.py thread`. Bits must be those of one thread, and convolutions
// those of sums over taps. For a processor that is not at hand, under an emulator:
//
//   S=jaxcnn/native/source; F="-std=c++17 -O2 -ffp-contract=fast -static -pthread -I $S"
//   aarch64-linux-gnu-g++ $F $(ls $S/*.cc | grep -v handlers) tests/native/threads.cc -o threads
//   qemu-aarch64 ./threads base

#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "convolution.h"
#include "pooling.h"
#include "processor.h"
#include "statistics.h"
#include "winograd.h"

using namespace jaxcnn;

class Workers : public Threads {
 public:
  explicit Workers(int count) {
    for (int n = 0; n < count; ++n) workers_.emplace_back([this] { serve(); });
  }
  ~Workers() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  int64_t count() const override { return (int64_t)workers_.size(); }
  void schedule(std::function<void()> task) override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void serve() {
    for (;;) {
      std::function<void()> task;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool closed_ = false;
  std::vector<std::thread> workers_;
};

static std::vector<float> numbers(int64_t count, unsigned seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = (float)(seed >> 8) / (1 << 23) - 1;
  }
  return values;
}

// Whether an output and a kernel gradient are the sums over taps of these arrays.
static bool right(const Sizes& s, const float* x, const float* k, const float* y, const float* dk) {
  const int64_t ins = s.groups * s.ins, outs = s.groups * s.outs;
  int64_t taps = s.kernel[0] * s.kernel[1] * s.kernel[2], pixels = s.out[0] * s.out[1] * s.out[2];
  std::vector<double> sums(s.batch * pixels * outs), gradient(taps * s.ins * outs);
  for (int64_t n = 0; n < s.batch * pixels; ++n)
    for (int64_t tap = 0; tap < taps; ++tap) {
      const int64_t q[3] = {n / (s.out[1] * s.out[2]) % s.out[0], n / s.out[2] % s.out[1], n % s.out[2]};
      const int64_t t[3] = {tap / (s.kernel[1] * s.kernel[2]), tap / s.kernel[2] % s.kernel[1], tap % s.kernel[2]};
      int64_t from = n / pixels;
      bool exists = true;
      for (int a = 0; a < 3; ++a) {
        const int64_t u = q[a] * s.stride[a] - s.low[a] + t[a] * s.dilation[a];
        exists &= u >= 0 && u < s.in[a], from = from * s.in[a] + u;
      }
      for (int64_t i = 0; exists && i < ins; ++i)
        for (int64_t o = 0; o < s.outs; ++o) {
          const int64_t w = (tap * s.ins + i % s.ins) * outs + i / s.ins * s.outs + o;
          const int64_t to = n * outs + i / s.ins * s.outs + o;
          sums[to] += (double)x[from * ins + i] * k[w], gradient[w] += (double)x[from * ins + i] * y[to];
        }
    }
  const auto near = [](const std::vector<double>& expected, const float* found) {
    double largest = 0, error = 0;
    for (size_t n = 0; n < expected.size(); ++n) {
      largest = std::max(largest, std::abs(expected[n])), error = std::max(error, std::abs(expected[n] - found[n]));
    }
    return error < 1e-5 * largest;
  };
  return near(sums, y) && near(gradient, dk);
}

static std::vector<float> computed(Threads& threads, const Sizes& s) {
  int64_t x = s.batch * s.groups * s.ins, y = s.batch * s.groups * s.outs;
  int64_t k = s.groups * s.ins * s.outs;
  for (int a = 0; a < 3; ++a) x *= s.in[a], y *= s.out[a], k *= s.kernel[a];
  const std::vector<float> input = numbers(x, 1), kernel = numbers(k, 2);
  std::vector<float> result(y), gradient(k);
  std::vector<float> scratch(scratch_floats(s, false));
  if (const char* what = fault(s, {x, k, y, (int64_t)scratch.size()}, false)) throw what;
  convolve(threads, s, input.data(), kernel.data(), result.data(), scratch.data());
  scratch.resize(scratch_floats(s, true));
  if (const char* what = fault(s, {x, k, y, (int64_t)scratch.size()}, true)) throw what;
  kernel_gradient(threads, s, input.data(), result.data(), gradient.data(), scratch.data());
  if (!right(s, input.data(), kernel.data(), result.data(), gradient.data())) throw "a wrong sum";
  result.insert(result.end(), gradient.begin(), gradient.end());
  if (winograd_scratch(s, false) < 0) return result;
  std::vector<float> filtered(y);
  scratch.resize(winograd_scratch(s, false));
  winograd(threads, s, input.data(), kernel.data(), filtered.data(), scratch.data());
  scratch.resize(winograd_scratch(s, true));
  winograd_kernel_gradient(threads, s, input.data(), filtered.data(), gradient.data(), scratch.data());
  if (!right(s, input.data(), kernel.data(), filtered.data(), gradient.data())) throw "a wrong sum at the points";
  result.insert(result.end(), filtered.begin(), filtered.end());
  result.insert(result.end(), gradient.begin(), gradient.end());
  return result;
}

static std::vector<float> pooled(Threads& threads, const Windows& w) {
  int64_t x = w.batch * w.channels, y = x;
  for (int a = 0; a < 3; ++a) x *= w.in[a], y *= w.out[a];
  if (const char* what = fault(w, x, y)) throw what;
  const std::vector<float> input = numbers(x, 1), cotangents = numbers(y, 2);
  std::vector<float> largest(y), sums(y), to_maxima(x), back(x);
  std::vector<uint8_t> winners(y);
  maximum(threads, w, input.data(), largest.data());
  total(threads, w, input.data(), sums.data(), 9.f);
  scatter(threads, w, cotangents.data(), input.data(), to_maxima.data(), winners.data());
  total_back(threads, w, cotangents.data(), back.data());
  for (const std::vector<float>* more : {&sums, &to_maxima, &back})
    largest.insert(largest.end(), more->begin(), more->end());
  return largest;
}

static std::vector<float> summed(Threads& threads, int64_t rows, int64_t channels) {
  const std::vector<float> x = numbers(rows * channels, 1), g = numbers(rows * channels, 2);
  std::vector<float> found(4 * channels), scratch(statistics_scratch(rows, channels));
  moments(threads, rows, channels, x.data(), found.data(), scratch.data());
  channel_sums(threads, rows, channels, g.data(), x.data(), found.data(), found.data() + 2 * channels, scratch.data());
  return found;
}

int main(int count, char** kinds) {
  //                batch groups ins outs  in           out          kernel     stride
  const Sizes all[] = {
      {2, 1, 8, 40, {1, 40, 40}, {1, 40, 40}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 1, 1}, {1, 1, 1}, 0},
      {2, 1, 3, 16, {1, 41, 41}, {1, 21, 21}, {1, 5, 5}, {1, 2, 2}, {0, 2, 2}, {0, 2, 2}, {1, 1, 1}, {1, 1, 1}, 0},
      {2, 40, 1, 1, {1, 30, 30}, {1, 30, 30}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 1, 1}, {1, 1, 1}, 0},
      {2, 1, 20, 70, {2, 30, 31}, {2, 30, 31}, {1, 5, 5}, {1, 1, 1}, {0, 2, 2}, {0, 2, 2}, {1, 1, 1}, {1, 1, 1}, 0},
      {1, 1, 40, 200, {1, 9, 9}, {1, 9, 9}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, {0, 1, 1}, {1, 1, 1}, {1, 1, 1}, 0},
      {2, 8, 4, 4, {6, 9, 9}, {6, 9, 9}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, 0},
  };
  //                  batch channels in    out          window     stride     low        high       dilation
  const Windows pools[] = {
      {2, 70, {1, 40, 40}, {1, 20, 20}, {1, 3, 3}, {1, 2, 2}, {0, 1, 1}, {0, 1, 1}, {1, 1, 1}},
      {2, 20, {1, 40, 40}, {1, 20, 20}, {1, 2, 2}, {1, 2, 2}, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}},
      {1, 3, {1, 1, 30000}, {1, 1, 30000}, {1, 1, 5}, {1, 1, 1}, {0, 0, 2}, {0, 0, 2}, {1, 1, 1}},
      {2, 17, {9, 9, 9}, {9, 9, 9}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
  };
  Workers several(3), one(1);
  for (int n = 1; n < count; ++n) {
    if (!choose(kinds[n])) continue;
    std::vector<std::thread> callers;
    bool same[4] = {};
    for (int caller = 0; caller < 4; ++caller)
      callers.emplace_back([&, caller] {
        const auto both = [caller, &all, &pools](Threads& threads) {
          std::vector<float> found;
          for (size_t n = caller; n < sizeof(all) / sizeof(*all); n += 4) {
            const std::vector<float> more = computed(threads, all[n]);
            found.insert(found.end(), more.begin(), more.end());
          }
          for (const std::vector<float>& more :
               {pooled(threads, pools[caller]), summed(threads, 4000 + 999 * caller, 40 + 7 * caller)})
            found.insert(found.end(), more.begin(), more.end());
          return found;
        };
        const std::vector<float> expected = both(one);
        same[caller] = true;
        for (int round = 0; round < 3; ++round) {
          const std::vector<float> found = both(several);
          same[caller] &= !memcmp(found.data(), expected.data(), 4 * expected.size());
        }
      });
    for (std::thread& caller : callers) caller.join();
    for (int caller = 0; caller < 4; ++caller)
      if (!same[caller]) return printf("%s: other bits in case %d\n", kinds[n], caller), 1;
    printf("%s: the same bits from 1 and 3 threads, 4 callers\n", kinds[n]);
  }
  return 0;
}
