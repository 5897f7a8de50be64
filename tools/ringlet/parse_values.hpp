// Typed option values for the command line. CLI11's own conversions report only that a value could
// not be converted; these report what would be accepted.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/format_values.hpp"
#include "sizes.hpp"

namespace ringlet::cli {

using common::format;
using common::human_bytes;
using common::plural;
using common::rate;
using common::with_commas;

/// The values that an option accepts.
template <typename T>
struct Range {
  T lowest = std::numeric_limits<T>::lowest();
  T highest = std::numeric_limits<T>::max();
};

/// Adds an option that takes the name of a file, which must not be empty.
CLI::Option* add_file(CLI::App& app, const std::string& names, std::string& target,
                      const std::string& help);

/// Adds an option that takes a count within `range`.
CLI::Option* add_count(CLI::App& app, const std::string& names,
                       std::optional<std::uint64_t>& target, Range<std::uint64_t> range,
                       const std::string& help);
CLI::Option* add_count(CLI::App& app, const std::string& names, std::uint32_t& target,
                       Range<std::uint32_t> range, const std::string& help);

/// Adds an option that takes a number of bytes within `range`.
CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target,
                      Range<std::uint64_t> range, const std::string& help);
CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint32_t& target,
                      Range<std::uint32_t> range, const std::string& help);

/// The finite numbers that an option accepts.
struct Accepted {
  const char* description;  // "a number above 0"
  bool (*contains)(float);
};

/// Adds an option that takes such a number.
CLI::Option* add_number(CLI::App& app, const std::string& names, std::optional<float>& target,
                        const Accepted& accepted, const std::string& help);

/// Adds an option that takes one of `names_of_values`.
CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help);

/// Adds options that take a comma-separated list of counts or choices.
CLI::Option* add_count_list(CLI::App& app, const std::string& names,
                            std::vector<std::uint32_t>& target, Range<std::uint32_t> range,
                            const std::string& help);
CLI::Option* add_choice_list(CLI::App& app, const std::string& names,
                             std::vector<std::string>& target,
                             const std::vector<std::string>& choices, const std::string& help);

}  // namespace ringlet::cli
