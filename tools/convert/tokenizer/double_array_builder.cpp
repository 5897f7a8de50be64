#include "tokenizer/double_array_builder.hpp"

#include <iterator>

#include "base/double_array.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

using Values = std::map<std::string, std::uint32_t>;

/// Builds depth first. The children of a unit take the first place with room for all of them.
class Builder {
 public:
  std::vector<std::uint32_t> build(const Values& values) {
    grow();
    taken_[0] = true;
    units_[0] = 0;
    place(values.begin(), values.end(), 0, 0);
    return std::move(units_);
  }

 private:
  using Range = Values::const_iterator;
  struct Child {
    std::uint8_t byte;
    Range begin;
    Range end;
  };

  void grow() {
    // An unused unit is a value, which no byte leads to.
    units_.resize(units_.size() + double_array::block, double_array::value_mark);
    taken_.resize(units_.size(), false);
    is_base_.resize(units_.size(), false);
    is_base_[0] = true;  // byte 0 would lead from there to the root
  }

  static std::vector<Child> children_of(Range begin, Range end, std::size_t depth) {
    std::vector<Child> children;
    for (Range at = begin; at != end; ++at) {
      const auto byte = static_cast<std::uint8_t>(at->first[depth]);
      if (children.empty() || children.back().byte != byte) children.push_back({byte, at, at});
      children.back().end = std::next(at);
    }
    return children;
  }

  bool has_room(std::uint32_t base, const std::vector<Child>& children, bool value) const {
    // Two units with the same base would share their children.
    if (is_base_[base] || (value && taken_[base])) return false;
    for (const Child& child : children) {
      if (taken_[base ^ child.byte]) return false;
    }
    return true;
  }

  /// Returns a base for which all children, at base ^ byte, have room. Not 0, where byte 0 would
  /// lead to the root.
  std::uint32_t find_base(const std::vector<Child>& children, bool value) {
    while (first_free_ < taken_.size() && taken_[first_free_]) ++first_free_;
    const std::uint8_t lowest = value ? std::uint8_t{0} : children.front().byte;
    for (auto at = first_free_;; ++at) {
      if (at == units_.size()) grow();
      const std::uint32_t base = static_cast<std::uint32_t>(at) ^ lowest;
      if (has_room(base, children, value)) return base;
    }
  }

  /// Places the unit `index` for the texts from `begin` to `end`, which are equal up to `depth`.
  void place(Range begin, Range end, std::size_t depth, std::uint32_t index) {
    const bool value = begin != end && begin->first.size() == depth;
    const std::vector<Child> children = children_of(value ? std::next(begin) : begin, end, depth);
    if (children.empty() && !value) return;
    const std::uint32_t base = find_base(children, value);
    const std::uint32_t offset = index ^ base;
    if (offset >= 1U << 21) fail("a table of replacements is too large");
    is_base_[base] = true;
    units_[index] |= offset << 10 | (value ? 1U << 8 : 0U);
    if (value) {
      taken_[base] = true;
      units_[base] = double_array::value_mark | begin->second;
    }
    for (const Child& child : children) {
      taken_[base ^ child.byte] = true;
      units_[base ^ child.byte] = child.byte;
    }
    for (const Child& child : children) {
      place(child.begin, child.end, depth + 1, base ^ child.byte);
    }
  }

  std::vector<std::uint32_t> units_;
  std::vector<bool> taken_;
  std::vector<bool> is_base_;
  std::size_t first_free_ = 0;
};

}  // namespace

std::vector<std::uint32_t> build_double_array(const Values& values) {
  return Builder().build(values);
}

}  // namespace ringlet::convert
