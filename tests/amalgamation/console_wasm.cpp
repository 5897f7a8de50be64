#include <cstddef>

#include "console.hpp"

extern "C" char printed[4096] = {};

void print(const char* text) {
  static std::size_t size = 0;
  for (; *text != 0 && size + 1 < sizeof printed; ++text) printed[size++] = *text;
}
