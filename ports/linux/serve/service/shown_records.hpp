// Keeps the records of tokens until the client has their text, so that both agree.
#pragma once

#include <cstdint>

#include "serve/seats/token_records.hpp"

namespace ringlet::serve {

class ShownRecords {
 public:
  /// The first `leading` records, those of a prompt, are not part of the answer's text.
  explicit ShownRecords(std::uint64_t leading = 0) : leading_(leading) {}

  void reserve(std::uint64_t records, std::uint32_t alternatives);
  void add(const TokenRecords& records) { waiting_.append(records, 0, records.size()); }

  /// What has been shown: the content begins behind `start` bytes of the text, and so many bytes of
  /// it are out.
  struct Shown {
    std::uint64_t start = 0;
    std::uint64_t bytes = 0;
  };

  /// Takes the records of tokens whose text is out. What came before the content is dropped.
  [[nodiscard]] TokenRecords take(const Shown& shown);
  /// The same at the end of the answer: also a token whose text is out in part, because a stop
  /// string cut it, and, unless `is_cut`, tokens that have brought no text.
  [[nodiscard]] TokenRecords finish(const Shown& shown, bool is_cut);

 private:
  template <typename IsOut>
  TokenRecords take_while(const Shown& shown, const IsOut& is_out);

  TokenRecords waiting_;
  std::uint64_t leading_;
  std::uint64_t position_ = 0;  // in the text: where the first that waits begins
};

}  // namespace ringlet::serve
