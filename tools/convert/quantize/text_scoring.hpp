// Runs a model over a text, for calibration and for the perplexity in a report.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ringlet/session.hpp"

namespace ringlet::convert {

/// A session with its own memory and an unquantized cache, over the model's context or 512
/// positions, whichever is less. `model` and `kernels` must outlive it.
class TextSession {
 public:
  /// Throws std::runtime_error if the session cannot be created.
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

/// Returns a whole file as tokens of the model, at most `most` of them. Throws std::runtime_error
/// if the model has no tokenizer or the file cannot be read.
std::vector<TokenId> encode_file(const Model& model, const std::filesystem::path& text,
                                 std::size_t most);

/// Returns the perplexity over consecutive windows of a text, each starting with the
/// begin-of-text token if the model has one. Every other token is predicted from those before
/// it in its window.
double perplexity(const Model& model, std::span<const TokenId> tokens);

}  // namespace ringlet::convert
