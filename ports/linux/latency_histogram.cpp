#include "latency_histogram.hpp"

#include <bit>
#include <cmath>

namespace ringlet::port {

// Values below `subs` have their own buckets. Above, each octave 2^e … 2^(e+1) is divided into
// `subs` equal parts by the bits after the leading one.
unsigned LatencyHistogram::bucket_of(std::uint64_t value) noexcept {
  if (value < subs) return static_cast<unsigned>(value);
  const auto exponent = static_cast<unsigned>(std::bit_width(value)) - 1;
  const auto sub = static_cast<unsigned>(value >> (exponent - sub_bits)) & (subs - 1);
  return (exponent - sub_bits + 1) * subs + sub;
}

std::uint64_t LatencyHistogram::middle_of(unsigned bucket) noexcept {
  if (bucket < subs) return bucket;
  const unsigned shift = bucket / subs - 1;
  const std::uint64_t low = std::uint64_t{subs + bucket % subs} << shift;
  return low + ((std::uint64_t{1} << shift) >> 1);
}

void LatencyHistogram::add(std::uint64_t nanoseconds) noexcept {
  ++counts_[bucket_of(nanoseconds)];
  ++count_;
}

void LatencyHistogram::add(const LatencyHistogram& other) noexcept {
  for (unsigned i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
}

std::uint64_t LatencyHistogram::quantile(double q) const noexcept {
  if (count_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (unsigned bucket = 0; bucket < buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank && seen > 0) return middle_of(bucket);
  }
  return middle_of(buckets - 1);
}

}  // namespace ringlet::port
