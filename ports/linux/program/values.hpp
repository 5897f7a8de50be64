// Values on the command line: how they are written, and options that hold them. CLI11's own
// conversions say only that something could not be converted; these say what would be accepted.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::cli {

/// A count or size: digits, and optionally K, M or G for 2^10, 2^20, 2^30. Empty when it is not one
/// or does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// What an option accepts.
template <typename T>
struct Range {
  T lowest = std::numeric_limits<T>::lowest();
  T highest = std::numeric_limits<T>::max();
};

/// Adds an option that takes a size within `range`.
CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target,
                      Range<std::uint64_t> range, const std::string& help);
CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint32_t& target,
                      Range<std::uint32_t> range, const std::string& help);

/// Adds an option that takes a number within `range`.
CLI::Option* add_number(CLI::App& app, const std::string& names, std::optional<float>& target,
                        Range<float> range, const std::string& help);

/// Adds an option that takes one of `names_of_values`.
CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help);

/// Adds options that take several of either, separated by commas.
CLI::Option* add_size_list(CLI::App& app, const std::string& names,
                           std::vector<std::uint32_t>& target, Range<std::uint32_t> range,
                           const std::string& help);
CLI::Option* add_choice_list(CLI::App& app, const std::string& names,
                             std::vector<std::string>& target,
                             const std::vector<std::string>& choices, const std::string& help);

/// "3,145,728".
[[nodiscard]] std::string with_commas(std::uint64_t value);

/// "3.0 MiB"; below 1 KiB "3 bytes".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// printf into a string of at most 1023 bytes; the compiler checks the arguments against the
/// pattern.
[[nodiscard]] std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

}  // namespace ringlet::cli
