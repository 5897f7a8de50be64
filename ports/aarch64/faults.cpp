// Handles the exceptions of reset.S.
#include "start.hpp"

extern "C" [[noreturn, gnu::used]] void report_exception(std::uint64_t syndrome,
                                                         std::uint64_t address,
                                                         std::uint64_t accessed) {
  const ringlet::port::FaultDetail details[] = {
      {"ESR", syndrome}, {"FAR", accessed}, {"at", address}};
  ringlet::port::report_fault(details, 3);
}
