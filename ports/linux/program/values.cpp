#include "values.hpp"

#include <charconv>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace ringlet::cli {
namespace {

[[noreturn]] void reject(const std::string& option, const std::string& value,
                         const std::string& expected) {
  throw CLI::ValidationError(option, "'" + value + "' is not " + expected);
}

std::string range_text(Range<std::uint64_t> range) {
  if (range.highest == std::numeric_limits<std::uint64_t>::max()) {
    return range.lowest == 0 ? "a whole number"
                             : "a whole number from " + std::to_string(range.lowest);
  }
  return "a whole number from " + std::to_string(range.lowest) + " to " +
         std::to_string(range.highest);
}

std::uint64_t checked_size(const std::string& option, const std::string& value,
                           Range<std::uint64_t> range) {
  const std::optional<std::uint64_t> size = parse_size(value);
  if (!size || *size < range.lowest || *size > range.highest) {
    reject(option, value, range_text(range) + " (64K and 2M are understood)");
  }
  return *size;
}

/// The last of the names, which is the long one where there are two.
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
  reject(option, value, "one of " + join(choices));
}

/// "1,2" → "1", "2". An empty part stays, to be rejected.
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

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (suffix.size() > 1) return std::nullopt;
  unsigned shift = 0;
  switch (suffix.empty() ? '\0' : suffix.front()) {
    case '\0':
      break;
    case 'k':
    case 'K':
      shift = 10;
      break;
    case 'm':
    case 'M':
      shift = 20;
      break;
    case 'g':
    case 'G':
      shift = 30;
      break;
    default:
      return std::nullopt;
  }
  if (value > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return value << shift;
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::optional<std::uint64_t>& target,
                      Range<std::uint64_t> range, const std::string& help) {
  return app
      .add_option_function<std::string>(
          names,
          [&target, range, name = shown_name(names)](const std::string& value) {
            target = checked_size(name, value, range);
          },
          help)
      ->type_name("N");
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::uint32_t& target,
                      Range<std::uint32_t> range, const std::string& help) {
  const Range<std::uint64_t> wide{range.lowest, range.highest};
  return app
      .add_option_function<std::string>(
          names,
          [&target, wide, name = shown_name(names)](const std::string& value) {
            target = static_cast<std::uint32_t>(checked_size(name, value, wide));
          },
          help)
      ->type_name("N");
}

CLI::Option* add_number(CLI::App& app, const std::string& names, std::optional<float>& target,
                        Range<float> range, const std::string& help) {
  const auto accept = [&target, range, name = shown_name(names)](const std::string& value) {
    float number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number) ||
        number < range.lowest || number > range.highest) {
      reject(name, value,
             range.highest == std::numeric_limits<float>::max()
                 ? format("a number from %g", static_cast<double>(range.lowest))
                 : format("a number from %g to %g", static_cast<double>(range.lowest),
                          static_cast<double>(range.highest)));
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
  return app.add_option_function<std::string>(names, accept, help + ": " + join(choices))
      ->type_name("NAME");
}

CLI::Option* add_size_list(CLI::App& app, const std::string& names,
                           std::vector<std::uint32_t>& target, Range<std::uint32_t> range,
                           const std::string& help) {
  const Range<std::uint64_t> wide{range.lowest, range.highest};
  const auto accept = [&target, wide, name = shown_name(names)](const std::string& value) {
    target.clear();
    for (const std::string& part : split_list(value)) {
      target.push_back(static_cast<std::uint32_t>(checked_size(name, part, wide)));
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
  return app.add_option_function<std::string>(names, accept, help + ": " + join(choices))
      ->type_name("NAME,NAME…");
}

std::string with_commas(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit < 3; ++unit) value /= 1024;
  return format("%.1f %s", value, units[unit]);
}

// NOLINTNEXTLINE(cert-dcl50-cpp): tables of aligned columns are what printf is for
std::string format(const char* pattern, ...) {
  std::va_list arguments;
  va_start(arguments, pattern);
  char buffer[1024];
  const int size = std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  if (size < 0) return {};
  return {buffer, std::min(static_cast<std::size_t>(size), sizeof buffer - 1)};
}

}  // namespace ringlet::cli
