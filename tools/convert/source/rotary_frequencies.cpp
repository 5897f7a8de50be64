#include "source/rotary_frequencies.hpp"

#include <cmath>

namespace ringlet::convert {
namespace {

/// An unevaluated sum of two doubles with about 106 bits (Dekker, 1971; Hida, Li and Bailey, 2001).
/// The operations below require that additions are not reordered or contracted.
struct DoubleDouble {
  double high = 0;
  double low = 0;
};

constexpr DoubleDouble ln2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
constexpr DoubleDouble turns_per_radian{0x1.45f306dc9c883p-3, -0x1.6b01ec5417056p-57};  // 1/2π

/// Exact when |a| ≥ |b|.
DoubleDouble quick_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// Exact.
DoubleDouble sum(double a, double b) {
  const double total = a + b;
  const double b_part = total - a;
  return {total, (a - (total - b_part)) + (b - b_part)};
}

DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble high = sum(a.high, b.high);
  const DoubleDouble low = sum(a.low, b.low);
  const DoubleDouble partial = quick_sum(high.high, high.low + low.high);
  return quick_sum(partial.high, partial.low + low.low);
}

DoubleDouble operator-(DoubleDouble a) { return {-a.high, -a.low}; }

DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const double product = a.high * b.high;
  const double error = std::fma(a.high, b.high, -product);
  return quick_sum(product, error + (a.high * b.low + a.low * b.high));
}

DoubleDouble operator/(DoubleDouble a, double b) {
  const double first = a.high / b;
  const DoubleDouble remainder = a + -(DoubleDouble{first, 0} * DoubleDouble{b, 0});
  const double second = remainder.high / b;
  const DoubleDouble rest = remainder + -(DoubleDouble{second, 0} * DoubleDouble{b, 0});
  return quick_sum(first, second) + DoubleDouble{rest.high / b, 0};
}

/// e^x = 2^n · e^r with |r| ≤ ln2/2. 28 terms of the series of e^r leave an error below 2^-110.
DoubleDouble exp(DoubleDouble x) {
  const double n = std::nearbyint(x.high / ln2.high);
  const DoubleDouble r = x + -(ln2 * DoubleDouble{n, 0});
  DoubleDouble series{1, 0};
  for (int term = 28; term > 0; --term) series = DoubleDouble{1, 0} + r * series / term;
  const int exponent = static_cast<int>(n);
  return {std::ldexp(series.high, exponent), std::ldexp(series.low, exponent)};
}

/// One Newton step for e^y = x, from the double nearest to y, squares its error.
DoubleDouble log(double x) {
  const DoubleDouble y{std::log(x), 0};
  return y + (DoubleDouble{x, 0} * exp(-y) + DoubleDouble{-1, 0});
}

std::uint64_t round_to_integer(DoubleDouble value) {
  const double whole = std::floor(value.high);
  // From 2^53 on, `high` is an integer and `low` can be many units.
  const double rest = std::nearbyint((value.high - whole) + value.low);
  return static_cast<std::uint64_t>(whole) +
         static_cast<std::uint64_t>(static_cast<std::int64_t>(rest));
}

}  // namespace

std::vector<std::uint64_t> rotary_frequencies(const SourceRotary& rotary,
                                              std::uint32_t rotary_dim) {
  const DoubleDouble log_theta = log(rotary.theta);
  std::vector<std::uint64_t> steps(rotary_dim / 2);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const DoubleDouble exponent =
        log_theta * DoubleDouble{2.0 * static_cast<double>(i), 0} / rotary_dim;
    if (!rotary.factors.empty() && std::isinf(rotary.factors[i])) continue;  // it does not rotate
    DoubleDouble turns = exp(-exponent) * turns_per_radian;
    if (!rotary.factors.empty()) turns = turns / rotary.factors[i];
    steps[i] = round_to_integer({std::ldexp(turns.high, 64), std::ldexp(turns.low, 64)});
  }
  return steps;
}

}  // namespace ringlet::convert
