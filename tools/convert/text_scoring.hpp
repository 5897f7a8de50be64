// Running a model over a text, as calibration and the perplexity of a report do.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ringlet/session.hpp"

namespace ringlet::convert {

/// A session in memory of its own, over the model's context or 512 positions, whichever is less,
/// with an unquantized cache. `model` and `kernels` must outlive it.
class TextSession {
 public:
  /// Throws std::runtime_error when the session cannot be made.
  TextSession(const Model& model, const KernelSet& kernels);

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] std::size_t window() const { return window_; }

 private:
  struct FreeAligned {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, FreeAligned> memory_;
  Session session_;
  std::size_t window_ = 0;
};

/// The whole of a file as tokens of the model, at most `most` of them. Throws std::runtime_error
/// when the model has no tokenizer or the file cannot be read.
std::vector<TokenId> encode_file(const Model& model, const std::filesystem::path& text,
                                 std::size_t most);

/// Perplexity over consecutive windows of a text, each behind the beginning-of-text token when the
/// model has one: every token but that is predicted from those before it in its window.
double perplexity(const Model& model, std::span<const TokenId> tokens);

}  // namespace ringlet::convert
