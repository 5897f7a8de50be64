// What the tests of importers share: llama2.c checkpoints, a folder for files, the error of a call.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>

#include "support/llama2c_maker.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::test {

/// The message of the std::runtime_error that `action` throws, or "no error".
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace ringlet::test
