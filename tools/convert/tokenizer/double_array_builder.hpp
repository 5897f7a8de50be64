// Builds the tries of runtime/base/double_array.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringlet::convert {

/// Builds a trie that maps texts to values below 2^31. Texts must be nonempty and must not contain
/// a zero byte.
std::vector<std::uint32_t> build_double_array(const std::map<std::string, std::uint32_t>& values);

}  // namespace ringlet::convert
