#include "source/rotary_scaling.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ringlet::convert {

std::vector<double> llama3_factors(double theta, std::uint32_t rotary_dim, double factor,
                                   double low, double high, double original) {
  std::vector<double> factors(rotary_dim / 2);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double exponent = 2.0 * static_cast<double>(i) / rotary_dim;
    const double wavelength = 2 * std::numbers::pi * std::pow(theta, exponent);
    if (wavelength > original / low) {
      factors[i] = factor;
    } else if (wavelength < original / high) {
      factors[i] = 1;
    } else {
      const double smooth = (original / wavelength - low) / (high - low);
      factors[i] = 1 / ((1 - smooth) / factor + smooth);
    }
  }
  return factors;
}

float longrope_scale(double factor, double original) {
  return factor > 1 ? static_cast<float>(std::sqrt(1 + std::log(factor) / std::log(original)))
                    : 1.0F;
}

std::vector<double> yarn_factors(double theta, std::uint32_t rotary_dim, const Yarn& yarn) {
  const double dimensions = rotary_dim;
  // The pair that makes this many turns within the original context, as a fraction.
  const auto pair_with = [&](double turns) {
    return dimensions * std::log(yarn.original / (turns * 2 * std::numbers::pi)) /
           (2 * std::log(theta));
  };
  double low = pair_with(yarn.beta_fast);
  double high = pair_with(yarn.beta_slow);
  if (yarn.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dimensions - 1);
  if (low == high) high += 0.001;
  std::vector<double> factors(rotary_dim / 2);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const double stretched = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    factors[i] = 1 / (stretched / yarn.factor + (1 - stretched));
  }
  return factors;
}

double yarn_magnitude(double factor, double mscale) {
  return factor > 1 ? 0.1 * mscale * std::log(factor) + 1 : 1.0;
}

}  // namespace ringlet::convert
