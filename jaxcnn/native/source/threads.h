// The work of one call, shared among threads that run what they are given at some time. XLA's own are in
// handlers.cc.

#ifndef JAXCNN_THREADS_H_
#define JAXCNN_THREADS_H_

#include <cstdint>
#include <functional>

namespace jaxcnn {

struct Threads {
  virtual int64_t count() const = 0;
  virtual void schedule(std::function<void()> task) = 0;
  virtual ~Threads() = default;
};

// Calls work(task) for 0 <= task < tasks; on several threads if it is worth it.
void in_parallel(Threads& threads, bool worth_it, int64_t tasks,
                 const std::function<void(int64_t)>& work);

}  // namespace jaxcnn

#endif  // JAXCNN_THREADS_H_
