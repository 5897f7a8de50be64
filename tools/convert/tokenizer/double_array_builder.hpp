// Makes the tries of runtime/base/double_array.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringlet::convert {

/// A trie with a value below 2^31 for each of some texts, which must not be empty or hold a byte 0.
std::vector<std::uint32_t> build_double_array(const std::map<std::string, std::uint32_t>& values);

}  // namespace ringlet::convert
