#include "tokenizer/unicode_tables.hpp"

#include "unicode_data.hpp"

namespace ringlet::convert {

std::vector<std::uint32_t> character_class_ranges(bool cases) {
  if (cases) return {std::begin(classes_with_cases), std::end(classes_with_cases)};
  return {std::begin(classes_without_cases), std::end(classes_without_cases)};
}

}  // namespace ringlet::convert
