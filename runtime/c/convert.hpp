// Conversions between the structs of ringlet.h and the library's own types.
#pragma once

#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

#include "ringlet/config.hpp"
#include "ringlet/drafter.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::c {

/// The object stored in a struct of the caller.
template <typename T, typename Opaque>
const T& object(const Opaque& opaque) noexcept {
  // NOLINTNEXTLINE(misc-redundant-expression): the sizes are equal by coincidence
  static_assert(sizeof(T) <= sizeof(Opaque) && alignof(T) <= alignof(Opaque));
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
  return *std::launder(reinterpret_cast<const T*>(&opaque));
}
template <typename T, typename Opaque>
T& object(Opaque& opaque) noexcept {
  return const_cast<T&>(object<T>(static_cast<const Opaque&>(opaque)));
}

/// Creates an object in a struct of the caller.
template <typename T, typename Opaque>
void place(Opaque& opaque, const T& value) noexcept {
  // NOLINTNEXTLINE(misc-redundant-expression): the sizes are equal by coincidence
  static_assert(sizeof(T) <= sizeof(Opaque) && alignof(T) <= alignof(Opaque));
  new (&opaque) T(value);
}

inline ringlet_status to_c(const Status& status) noexcept {
  return {status.needed(),
          status.actual(),
          status.index(),
          status.what(),
          status.where(),
          status.setting(),
          status.suggestion(),
          static_cast<ringlet_error>(status.code()),
          static_cast<ringlet_numbers>(status.numbers())};
}

inline Status from_c(const ringlet_status& status) noexcept {
  return Status(static_cast<ErrorCode>(status.code), status.where, status.what)
      .compare(static_cast<Numbers>(status.numbers), status.needed, status.actual)
      .at(status.index)
      .suggest(status.setting, status.suggestion);
}

/// Stores the value of a result in a struct. On failure the struct stays unchanged.
template <typename T, typename Opaque>
ringlet_status place_result(Opaque& opaque, const Result<T>& result) noexcept {
  if (result.ok()) place(opaque, *result);
  return to_c(result.status());
}

inline std::span<const std::byte> bytes_of(const void* bytes, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(bytes), size};
}

inline ringlet_text to_c(std::string_view text) noexcept { return {text.data(), text.size()}; }

inline ringlet_bytes to_c(std::span<const std::byte> bytes) noexcept {
  return {bytes.data(), bytes.size()};
}

inline ringlet_span to_c(std::span<std::byte> memory) noexcept {
  return {memory.data(), memory.size()};
}

inline std::span<std::byte> from_c(const ringlet_span& memory) noexcept {
  return {static_cast<std::byte*>(memory.data), memory.size};
}

/// Fails for numbers that are not a format: a C enumeration can hold any number.
Result<Config> from_c(const ringlet_config& config) noexcept;

/// The drafter refers to the argument.
Drafter from_c(const ringlet_drafter& drafter) noexcept;
ringlet_config to_c(const Config& config) noexcept;
void to_c(const MemoryPlan& plan, ringlet_plan& out) noexcept;

inline ringlet_kv_formats to_c(const KvFormats& formats) noexcept {
  return {static_cast<ringlet_kv_format>(formats.keys),
          static_cast<ringlet_kv_format>(formats.values)};
}

/// No formats become RINGLET_KV_RECOMMENDED.
inline ringlet_kv_formats to_c(const std::optional<KvFormats>& formats) noexcept {
  return formats ? to_c(*formats)
                 : ringlet_kv_formats{RINGLET_KV_RECOMMENDED, RINGLET_KV_RECOMMENDED};
}

inline const KernelSet& from_c(const ringlet_kernels* kernels) noexcept {
  return *reinterpret_cast<const KernelSet*>(kernels);
}
inline const ringlet_kernels* to_c(const KernelSet& kernels) noexcept {
  return reinterpret_cast<const ringlet_kernels*>(&kernels);
}

inline SamplerOptions from_c(const ringlet_sampler_options& options) noexcept {
  return {.temperature = options.temperature,
          .top_k = options.top_k,
          .top_p = options.top_p,
          .min_p = options.min_p,
          .repeat_penalty = options.repeat_penalty,
          .repeat_window = options.repeat_window,
          .seed = options.seed};
}

inline ControlTokens from_c(const ringlet_control_tokens& tokens) noexcept {
  return {tokens.enabled, {tokens.literal.data, tokens.literal.size}, tokens.literal_is_plain};
}

inline ringlet_sampler_options to_c(const SamplerOptions& o) noexcept {
  return {.temperature = o.temperature,
          .top_k = o.top_k,
          .top_p = o.top_p,
          .min_p = o.min_p,
          .repeat_penalty = o.repeat_penalty,
          .repeat_window = o.repeat_window,
          .seed = o.seed};
}

}  // namespace ringlet::c
