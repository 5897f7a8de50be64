// Checks for C++20. Every public C++ header includes this file first.
#pragma once

#if __cplusplus < 202002L
#error "Ringlet's C++ headers need C++20: compile with -std=c++20. C has ringlet/ringlet.h"
// There is no such file: the compiler stops here instead of printing pages of errors.
#include "ringlet/needs C++20"
#endif
