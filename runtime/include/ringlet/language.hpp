// The language that the headers need. Each of them includes this file first.
#pragma once

#if __cplusplus < 202002L
#error "Ringlet's C++ headers need C++20: compile with -std=c++20. C has ringlet/ringlet.h"
// Not a file: the compilation ends here, instead of in a page of errors.
#include "ringlet/needs C++20"
#endif
