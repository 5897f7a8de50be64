#include "jinja/functions.hpp"

#include <array>
#include <string_view>

#include "jinja/error.hpp"
#include "jinja/print.hpp"

namespace ringlet::jinja {

Value range_of(const Arguments& arguments) {
  const Bound bound("range()", arguments, {"", "", ""}, 1);
  const bool one = bound.get(1) == nullptr;
  const std::int64_t start = one ? 0 : bound.integer(0, 0);
  const std::int64_t stop = bound.integer(one ? 0 : 1, 0);
  const std::int64_t step = bound.integer(2, 1);
  constexpr std::int64_t far = std::int64_t{1} << 60;
  for (const std::int64_t end : {start, stop, step}) {
    if (end > far || end < -far) unsupported("a range this large");
  }
  if (step == 0) raise("range() in steps of zero");
  Values numbers;
  for (std::int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
    if (numbers.size() >= 100'000) raise("range() of more than 100000 numbers");
    numbers.emplace_back(i);
  }
  return sequence_value(Sequence::Kind::range, std::move(numbers), {start, stop, step});
}

Value dictionary_of(const Arguments& arguments) {
  if (arguments.positional.size() > 1) raise("dict() has too many arguments");
  std::vector<std::pair<Value, Value>> entries;
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional[0];
    if (const auto* dictionary = source.as<DictionaryPointer>()) {
      entries = (*dictionary)->entries;
    } else {
      if (source.is<Undefined>()) unsupported("dict() of an undefined value");
      for (const Value& pair : elements_of(source)) {
        const Values parts = elements_of(pair);
        if (parts.size() != 2) raise("dict() of what are not pairs");
        entries.emplace_back(parts[0], parts[1]);
      }
    }
  }
  entries.reserve(entries.size() + arguments.named.size());
  for (const auto& [name, value] : arguments.named) entries.emplace_back(text_value(name), value);
  return dictionary_value(std::move(entries));
}

void raise_exception(const Arguments& arguments) {
  const Bound bound("raise_exception()", arguments, {"message"}, 1);
  raise("refuses the conversation: ", to_text(bound.at(0)));
}

Value formatted_time(const std::tm& clock, const Arguments& arguments) {
  const Bound bound("strftime_now()", arguments, {"format"}, 1);
  const std::string& format = bound.text(0);
  for (std::size_t at = format.find('%'); at != std::string::npos; at = format.find('%', at + 2)) {
    const std::string_view directive = std::string_view(format).substr(at + 1, 1);
    if (directive.empty() ||
        std::string_view("aAbBdHIjmMpSyY%").find(directive[0]) == std::string_view::npos) {
      unsupported("strftime_now() with %", directive);
    }
  }
  if (format.empty()) return text_value("");
  std::array<char, 2048> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), format.c_str(), &clock);
  if (size == 0) unsupported("a date this long");
  return text_value(std::string(text.data(), size));
}

}  // namespace ringlet::jinja
