// What the demonstration prints beside its story.
#pragma once

#include <cstdint>

#include "ringlet/ringlet.hpp"

namespace ringlet::port {

/// "storyteller: model: the file is damaged …", and an exit status that is the error's code.
[[noreturn]] void fail(const Status& status) noexcept;

/// Where code, model, static data and stack lie.
void print_memory_map() noexcept;

/// The parts of the caller's memory and their total, as `ringlet plan` has them.
void print_plan(const MemoryPlan& plan) noexcept;

/// How many instructions fit into a span of the board's clock: the emulator's advances by 32 ns for
/// each (toolchains/run-on-board). On silicon the number means nothing.
std::uint64_t instructions_of(std::uint64_t ticks) noexcept;

/// "stack: 2,345 of 65,536 bytes".
void print_stack() noexcept;

}  // namespace ringlet::port
