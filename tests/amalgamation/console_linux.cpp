#include <cstdio>

#include "console.hpp"

void print(const char* text) { std::fputs(text, stdout); }
