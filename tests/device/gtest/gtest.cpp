#include "gtest/gtest.h"

#include "print.hpp"

namespace testing {
namespace {

Test* first_test = nullptr;
Test** last_test = &first_test;
bool current_failed = false;

}  // namespace

const Output& Output::operator<<(std::string_view text) const {
  ringlet::port::print(text);
  return *this;
}

/// Prints the bits of the float in hexadecimal, since only their equality matters here.
const Output& Output::operator<<(double value) const {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  char text[] = "float 0x00000000";
  for (std::size_t i = 0; i < 8; ++i) text[8 + i] = "0123456789ABCDEF"[bits >> (28 - 4 * i) & 15U];
  return *this << text;
}

const Output& Output::positive(std::uint64_t value) const {
  char text[21];
  std::size_t at = sizeof text;
  do {
    text[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return *this << std::string_view(text + at, sizeof text - at);
}

const Output& Output::negative(std::uint64_t magnitude) const {
  *this << "-";
  return positive(magnitude);
}

Test::Test(const char* suite, const char* name, Body body)
    : suite_(suite), name_(name), body_(body) {
  *last_test = this;
  last_test = &next_;
}

void Test::fail() { current_failed = true; }

int Test::run_all() {
  const Output output;
  std::uint32_t passed = 0;
  std::uint32_t failed = 0;
  for (const Test* test = first_test; test != nullptr; test = test->next_) {
    current_failed = false;
    test->body_();
    output << (current_failed ? "[  FAILED  ] " : "[  PASSED  ] ") << test->suite_ << "."
           << test->name_ << "\n";
    ++(current_failed ? failed : passed);
  }
  output << passed << " tests passed, " << failed << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}

Failure::Failure(const char* file, int line, const char* condition) {
  Test::fail();
  output_ << file << ":" << line << ": " << condition;
}

}  // namespace testing

int main() { return testing::Test::run_all(); }
