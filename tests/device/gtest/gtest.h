// GoogleTest's vocabulary for boards: no heap, no library, results by semihosting. A test source
// that uses only these macros compiles with either.
//
//   TEST; EXPECT_ and ASSERT_ with TRUE, FALSE, EQ, NE, LT, LE, GT, GE, NEAR, FLOAT_EQ;
//   messages by <<
//
// As in GoogleTest, EXPECT_ continues and ASSERT_ returns from the enclosing function.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace testing {

/// A text on its way to the console.
class Output {
 public:
  const Output& operator<<(std::string_view text) const;
  const Output& operator<<(const char* text) const { return *this << std::string_view(text); }
  const Output& operator<<(bool value) const { return *this << (value ? "true" : "false"); }
  const Output& operator<<(double value) const;
  template <std::integral T>
  const Output& operator<<(T value) const {
    if constexpr (std::is_signed_v<T>) {
      if (value < 0) return negative(static_cast<std::uint64_t>(-static_cast<std::int64_t>(value)));
    }
    return positive(static_cast<std::uint64_t>(value));
  }
  /// Types without a text form: enumerations, pointers, structures.
  template <typename T>
  const Output& value(const T& any) const {
    if constexpr (std::is_null_pointer_v<T>) {
      return *this << "null";
    } else if constexpr (requires { *this << any; }) {
      return *this << any;
    } else {
      return *this << "(a value)";
    }
  }

 private:
  const Output& positive(std::uint64_t value) const;
  const Output& negative(std::uint64_t magnitude) const;
};

/// A test, registered before main() runs.
class Test {
 public:
  using Body = void (*)();
  Test(const char* suite, const char* name, Body body);

  /// Runs every test, prints a line for each and a last one with the counts; 0 when all passed and
  /// there was one at all.
  static int run_all();
  static void fail();

 private:
  const char* suite_;
  const char* name_;
  Body body_;
  Test* next_ = nullptr;
};

/// One failure: says where and what, takes a message, and ends the line.
class Failure {
 public:
  Failure(const char* file, int line, const char* condition);
  ~Failure() { output_ << "\n"; }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  template <typename A, typename B>
  const Failure& values(const A& a, const B& b) const {
    output_ << ": ";
    output_.value(a) << " and ";
    output_.value(b);
    return *this;
  }
  template <typename T>
  const Failure& operator<<(const T& message) const {
    output_ << " ";
    output_.value(message);
    return *this;
  }

 private:
  Output output_;
};

/// Gives `return failure << message` the type void.
struct Return {
  void operator=(const Failure&) const {}
};

/// Equal within four units in the last place, as GoogleTest's FLOAT_EQ has it.
inline bool almost_equal(float a, float b) {
  const auto ordered = [](float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    return bits < 0 ? -std::int64_t{bits & 0x7FFFFFFF} : std::int64_t{bits};
  };
  const std::int64_t distance = ordered(a) - ordered(b);
  return a == a && b == b && distance <= 4 && distance >= -4;
}

inline bool near(double a, double b, double bound) { return (a < b ? b - a : a - b) <= bound; }

/// Both sides of a comparison, each evaluated once.
template <typename A, typename B>
struct Sides {
  A a;
  B b;
};
template <typename A, typename B>
Sides(A, B) -> Sides<A, B>;

}  // namespace testing

// NOLINTBEGIN(bugprone-macro-parentheses): statements, not expressions
#define TEST(suite, name)                                                                 \
  static void suite##_##name##_body();                                                    \
  static testing::Test suite##_##name##_registered(#suite, #name, suite##_##name##_body); \
  static void suite##_##name##_body()

// The switch keeps an else that follows from being taken for ours.
#define RINGLET_CHECK(on_failure, holds, text, x, y) \
  switch (0)                                         \
  case 0:                                            \
  default:                                           \
    if (const testing::Sides sides{x, y}; holds) {   \
    } else                                           \
      on_failure testing::Failure(__FILE__, __LINE__, text).values(sides.a, sides.b)
#define RINGLET_COMPARE(on_failure, x, op, y) \
  RINGLET_CHECK(on_failure, sides.a op sides.b, #x " " #op " " #y, x, y)
#define RINGLET_RETURN return testing::Return() =

#define EXPECT_EQ(x, y) RINGLET_COMPARE(, x, ==, y)
#define EXPECT_NE(x, y) RINGLET_COMPARE(, x, !=, y)
#define EXPECT_LT(x, y) RINGLET_COMPARE(, x, <, y)
#define EXPECT_LE(x, y) RINGLET_COMPARE(, x, <=, y)
#define EXPECT_GT(x, y) RINGLET_COMPARE(, x, >, y)
#define EXPECT_GE(x, y) RINGLET_COMPARE(, x, >=, y)
#define EXPECT_TRUE(x) RINGLET_CHECK(, sides.a == sides.b, #x, static_cast<bool>(x), true)
#define EXPECT_FALSE(x) RINGLET_CHECK(, sides.a == sides.b, #x, static_cast<bool>(x), false)
#define EXPECT_NEAR(x, y, bound) \
  RINGLET_CHECK(, testing::near(sides.a, sides.b, bound), #x " near " #y, x, y)
#define EXPECT_FLOAT_EQ(x, y) \
  RINGLET_CHECK(, testing::almost_equal(sides.a, sides.b), #x " about " #y, x, y)

#define ASSERT_EQ(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, ==, y)
#define ASSERT_NE(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, !=, y)
#define ASSERT_LT(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, <, y)
#define ASSERT_LE(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, <=, y)
#define ASSERT_GT(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, >, y)
#define ASSERT_GE(x, y) RINGLET_COMPARE(RINGLET_RETURN, x, >=, y)
#define ASSERT_TRUE(x) \
  RINGLET_CHECK(RINGLET_RETURN, sides.a == sides.b, #x, static_cast<bool>(x), true)
#define ASSERT_FALSE(x) \
  RINGLET_CHECK(RINGLET_RETURN, sides.a == sides.b, #x, static_cast<bool>(x), false)
#define ASSERT_NEAR(x, y, bound) \
  RINGLET_CHECK(RINGLET_RETURN, testing::near(sides.a, sides.b, bound), #x " near " #y, x, y)
#define ASSERT_FLOAT_EQ(x, y) \
  RINGLET_CHECK(RINGLET_RETURN, testing::almost_equal(sides.a, sides.b), #x " about " #y, x, y)
// NOLINTEND(bugprone-macro-parentheses)
