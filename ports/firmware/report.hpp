// Everything that the demonstration prints besides its story.
#pragma once

#include <cstdint>

#include "ringlet/ringlet.hpp"

namespace ringlet::port {

/// Prints "storyteller: model: the file is damaged …".
void print_error(const Status& status) noexcept;

/// The same, and exits with the error's code as status.
[[noreturn]] void fail(const Status& status) noexcept;

template <typename T>
T value_or_fail(const Result<T>& result) {
  if (!result.ok()) fail(result.status());
  return *result;
}

inline void check(const Status& status) {
  if (!status.ok()) fail(status);
}

/// Prints "Ringlet on virt, kernels: neon".
void print_title(const KernelSet& kernels) noexcept;

/// Prints the addresses of code, model, static data and stack.
void print_memory_map() noexcept;

/// Prints the sections of the caller's memory and their total, like `ringlet plan`.
void print_plan(const MemoryPlan& plan) noexcept;

/// Converts a span of the board's clock to instructions: the emulator's clock advances by 32 ns for
/// each (toolchains/run-on-board). On silicon the number is meaningless.
std::uint64_t instructions_of(std::uint64_t ticks) noexcept;

/// Prints "stack: 2,345 of 65,536 bytes".
void print_stack() noexcept;

}  // namespace ringlet::port
