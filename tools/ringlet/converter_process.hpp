// The program ringlet-convert, which is installed beside this one.
#pragma once

#include <string>
#include <vector>

namespace ringlet::cli {

/// Its path. Throws port::Failure with the remedy if it is not there.
[[nodiscard]] std::string converter_path();

struct ConverterResult {
  int status = 0;      // of its exit; 128 plus the number of the signal that ended it
  std::string errors;  // what it wrote to standard error, if that was to be captured
};

/// Runs it to its end, without a shell. A signal that this program records while it waits
/// (InterruptWatch) is passed on. Throws port::Failure if it cannot be started.
[[nodiscard]] ConverterResult run_converter(const std::vector<std::string>& arguments,
                                            bool capture_errors);

}  // namespace ringlet::cli
