// Between the structs of ringlet.h and the library's own types.
#pragma once

#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

#include "ringlet/config.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/session.hpp"
#include "ringlet/status.hpp"

namespace ringlet::c {

/// The object that lives in a struct of the caller's.
template <typename T, typename Opaque>
const T& object(const Opaque& opaque) noexcept {
  // NOLINTNEXTLINE(misc-redundant-expression): the sizes are alike by chance
  static_assert(sizeof(T) <= sizeof(Opaque) && alignof(T) <= alignof(Opaque));
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
  return *std::launder(reinterpret_cast<const T*>(&opaque));
}
template <typename T, typename Opaque>
T& object(Opaque& opaque) noexcept {
  return const_cast<T&>(object<T>(static_cast<const Opaque&>(opaque)));
}

/// Makes it live there.
template <typename T, typename Opaque>
void place(Opaque& opaque, const T& value) noexcept {
  // NOLINTNEXTLINE(misc-redundant-expression): the sizes are alike by chance
  static_assert(sizeof(T) <= sizeof(Opaque) && alignof(T) <= alignof(Opaque));
  new (&opaque) T(value);
}

inline ringlet_status to_c(const Status& status) noexcept {
  return {status.needed(),     status.actual(), status.index(),
          status.what(),       status.where(),  static_cast<ringlet_error>(status.code()),
          status.has_numbers()};
}

/// Fills a struct with a result's value; where there is none leaves it as it is.
template <typename T, typename Opaque>
ringlet_status place_result(Opaque& opaque, const Result<T>& result) noexcept {
  if (result.ok()) place(opaque, *result);
  return to_c(result.status());
}

inline std::span<const std::byte> bytes_of(const void* bytes, std::size_t size) noexcept {
  return {static_cast<const std::byte*>(bytes), size};
}

inline ringlet_text to_c(std::string_view text) noexcept { return {text.data(), text.size()}; }

inline ringlet_text to_c(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline ringlet_span to_c(std::span<std::byte> memory) noexcept {
  return {memory.data(), memory.size()};
}

inline std::span<std::byte> from_c(const ringlet_span& memory) noexcept {
  return {static_cast<std::byte*>(memory.data), memory.size};
}

/// Fails on numbers that are no format: in C an enumeration holds any.
Result<Config> from_c(const ringlet_config& config) noexcept;
ringlet_config to_c(const Config& config) noexcept;
void to_c(const MemoryPlan& plan, ringlet_plan& out) noexcept;

inline ringlet_kv_formats to_c(const KvFormats& formats) noexcept {
  return {static_cast<ringlet_kv_format>(formats.keys),
          static_cast<ringlet_kv_format>(formats.values)};
}

/// Recommended where there is none.
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

}  // namespace ringlet::c
