// Compiled for the oldest processor of its kind; see threads.h.

#include "threads.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace jaxcnn {
namespace {

struct Shared {
  std::atomic<int64_t> next{0}, done{0};
  int64_t tasks = 0;
  const std::function<void(int64_t)>* work = nullptr;  // lives until all tasks are done
  std::mutex mutex;
  std::condition_variable finished;

  void take_part() {
    for (int64_t task; (task = next.fetch_add(1)) < tasks;) {
      (*work)(task);
      if (done.fetch_add(1) + 1 == tasks) {
        std::lock_guard<std::mutex> lock(mutex);
        finished.notify_all();
      }
    }
  }
};

}  // namespace

// The caller takes part, and then waits only for tasks that another thread has begun: one that never
// gets a thread of the pool, since all are callers like this, does all of its work itself.
void in_parallel(Threads& threads, bool worth_it, int64_t tasks,
                 const std::function<void(int64_t)>& work) {
  const int64_t count = worth_it ? std::min(threads.count(), tasks) : 1;
  if (count < 2) {
    for (int64_t task = 0; task < tasks; ++task) work(task);
    return;
  }
  auto shared = std::make_shared<Shared>();
  shared->tasks = tasks, shared->work = &work;
  for (int64_t n = 1; n < count; ++n) threads.schedule([shared] { shared->take_part(); });
  shared->take_part();
  for (int spin = 0; spin < 20000 && shared->done.load() < tasks; ++spin) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  std::unique_lock<std::mutex> lock(shared->mutex);
  shared->finished.wait(lock, [&] { return shared->done.load() == tasks; });
}

}  // namespace jaxcnn
