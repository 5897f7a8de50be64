// What is behind the handle of a session.
#pragma once

#include "cache/ring.hpp"
#include "decoder/decoder.hpp"
#include "ringlet/session.hpp"

namespace ringlet {

struct ImageContent;
struct ImageView;

/// Everything a session knows, at the start of the caller's memory.
struct Session::State {
  Model model;
  Config config;
  Decoder decoder;
  RingCursor cursor;
  float* logits = nullptr;
  std::span<std::byte> tokenizer_workspace;
  std::span<std::byte> sampler_workspace;
  std::span<std::byte> accelerator_memory;
  bool has_logits = false;
  bool has_fault = false;  // the last prefill or step returned not_finite

  /// Its sinks are to lie in an image, and none was restored.
  [[nodiscard]] bool lacks_sinks() const noexcept {
    return config.sinks_in_image && cursor.position() < config.sinks;
  }

  /// Writes what an image has of the cache, and the logits, into all of `planes`.
  void store(const ImageContent& content, std::span<std::byte> planes) noexcept;

  /// Takes over the cache, position and logits of an image that was verified.
  void load(const ImageView& image) noexcept;
};

}  // namespace ringlet
