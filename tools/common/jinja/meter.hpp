// Bounds the memory of the values that exist while a template is rendered.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "jinja/error.hpp"

namespace ringlet::jinja {

/// As long as it exists, values that this thread creates count. They must be gone before it.
class Meter {
 public:
  Meter() : outer_(std::exchange(current, this)) {}
  ~Meter() { current = outer_; }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  static constexpr std::size_t most_bytes = std::size_t{1} << 27;

  /// The meter of this thread, or null: constants of a parsed template do not count.
  static thread_local Meter* current;

  void add(std::size_t bytes) {
    if (bytes > most_bytes - bytes_) unsupported("a template that needs more than 128 MiB");
    bytes_ += bytes;
  }
  void subtract(std::size_t bytes) { bytes_ -= bytes; }

 private:
  Meter* outer_;
  std::size_t bytes_ = 0;
};

/// A shared object of about so many bytes, which count while it exists.
template <typename T>
std::shared_ptr<T> metered(T object, std::size_t bytes) {
  struct Counted {
    Counted(T part, std::size_t size) : object(std::move(part)), bytes(size) {
      if (meter != nullptr) meter->add(bytes);
    }
    ~Counted() {
      if (meter != nullptr) meter->subtract(bytes);
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

    T object;
    std::size_t bytes;
    Meter* meter = Meter::current;
  };
  auto counted = std::make_shared<Counted>(std::move(object), bytes);
  return std::shared_ptr<T>(counted, &counted->object);
}

}  // namespace ringlet::jinja
