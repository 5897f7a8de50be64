#include "parse_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "common/file_argument.hpp"

namespace ringlet::cli {
namespace {

/// Reads the number that an option takes, or throws a ValidationError in the option's name.
using Read = std::uint64_t (*)(const std::string& option, const std::string& value,
                               Range<std::uint64_t> range);

[[noreturn]] void reject(const std::string& option, const std::string& value,
                         const std::string& expected) {
  throw CLI::ValidationError(option, "must be " + expected + " (got '" + value + "')");
}

std::string range_text(Range<std::uint64_t> range) {
  if (range.highest == std::numeric_limits<std::uint64_t>::max()) {
    return ", " + std::to_string(range.lowest) + " or more";
  }
  return " from " + std::to_string(range.lowest) + " to " + std::to_string(range.highest);
}

bool contains(Range<std::uint64_t> range, std::uint64_t value) {
  return value >= range.lowest && value <= range.highest;
}

std::uint64_t read_count(const std::string& option, const std::string& value,
                         Range<std::uint64_t> range) {
  const std::optional<std::uint64_t> count = parse_size(value);
  if (!count || !contains(range, *count)) {
    reject(option, value, "a whole number" + range_text(range));
  }
  return *count;
}

std::uint64_t read_size(const std::string& option, const std::string& value,
                        Range<std::uint64_t> range) {
  const std::optional<std::uint64_t> size = parse_size(value);
  if (!size) {
    throw CLI::ValidationError(option, "'" + value +
                                           "' is not a size; write bytes, or a number with a unit: "
                                           "64K, 1.5M, 64MiB");
  }
  if (!contains(range, *size)) reject(option, value, "a size" + range_text(range) + " bytes");
  return *size;
}

/// The last of the names, which is the long one if there are two.
std::string shown_name(const std::string& names) {
  const std::size_t comma = names.rfind(',');
  return comma == std::string::npos ? names : names.substr(comma + 1);
}

std::string join(const std::vector<std::string>& choices) {
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  return list;
}

std::string checked_choice(const std::string& option, const std::string& value,
                           const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  throw CLI::ValidationError(option, "'" + value + "' is not one of " + join(choices));
}

/// "1,2" → "1", "2". Empty parts are kept, to be rejected later.
std::vector<std::string> split_list(const std::string& value) {
  std::vector<std::string> parts(1);
  for (const char c : value) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

template <typename Target>
CLI::Option* add_whole(CLI::App& app, const std::string& names, Read read,
                       Range<std::uint64_t> range, Target& target, const std::string& help) {
  const auto accept = [&target, read, range, name = shown_name(names)](const std::string& value) {
    const std::uint64_t number = read(name, value, range);
    if constexpr (std::is_same_v<Target, std::uint32_t>) {
      target = static_cast<std::uint32_t>(number);
    } else {
      target = number;
    }
  };
  return app.add_option_function<std::string>(names, accept, help)->type_name("N");
}

}  // namespace

CLI::Option* add_file(CLI::App& app, const std::string& names, std::string& target,
                      const std::string& help) {
  return app.add_option(names, target, help)
      ->check(common::check_file_name, "", "")
      ->type_name("FILE");
}

CLI::Option* add_count(CLI::App& app, const std::string& names,
                       std::optional<std::uint64_t>& target, Range<std::uint64_t> range,
                       const std::string& help) {
  return add_whole(app, names, read_count, range, target, help);
}

CLI::Option* add_count(CLI::App& app, const std::string& names, std::uint32_t& target,
                       Range<std::uint32_t> range, const std::string& help) {
  return add_whole(app, names, read_count, {range.lowest, range.highest}, target, help);
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target,
                      Range<std::uint64_t> range, const std::string& help) {
  return add_whole(app, names, read_size, range, target, help);
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint32_t& target,
                      Range<std::uint32_t> range, const std::string& help) {
  return add_whole(app, names, read_size, {range.lowest, range.highest}, target, help);
}

CLI::Option* add_number(CLI::App& app, const std::string& names, std::optional<float>& target,
                        const Accepted& accepted, const std::string& help) {
  const auto accept = [&target, accepted, name = shown_name(names)](const std::string& value) {
    float number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number) ||
        !accepted.contains(number)) {
      reject(name, value, accepted.description);
    }
    target = number;
  };
  return app.add_option_function<std::string>(names, accept, help)->type_name("X");
}

CLI::Option* add_choice(CLI::App& app, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help) {
  const auto accept = [&target, choices, name = shown_name(names)](const std::string& value) {
    target = checked_choice(name, value, choices);
  };
  return app
      .add_option_function<std::string>(names, accept, help + " One of " + join(choices) + ".")
      ->type_name("NAME");
}

CLI::Option* add_count_list(CLI::App& app, const std::string& names,
                            std::vector<std::uint32_t>& target, Range<std::uint32_t> range,
                            const std::string& help) {
  const Range<std::uint64_t> wide{range.lowest, range.highest};
  const auto accept = [&target, wide, name = shown_name(names)](const std::string& value) {
    target.clear();
    for (const std::string& part : split_list(value)) {
      target.push_back(static_cast<std::uint32_t>(read_count(name, part, wide)));
    }
  };
  return app.add_option_function<std::string>(names, accept, help)->type_name("N,N…");
}

CLI::Option* add_choice_list(CLI::App& app, const std::string& names,
                             std::vector<std::string>& target,
                             const std::vector<std::string>& choices, const std::string& help) {
  const auto accept = [&target, choices, name = shown_name(names)](const std::string& value) {
    target.clear();
    for (const std::string& part : split_list(value)) {
      target.push_back(checked_choice(name, part, choices));
    }
  };
  return app
      .add_option_function<std::string>(names, accept, help + " Any of " + join(choices) + ".")
      ->type_name("NAME,NAME…");
}

}  // namespace ringlet::cli
