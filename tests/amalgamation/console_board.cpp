#include "board.hpp"
#include "console.hpp"

void print(const char* text) { ringlet::port::write(text); }
