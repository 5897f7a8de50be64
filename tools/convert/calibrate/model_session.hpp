// A session that reads texts with an unquantized cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ringlet/session.hpp"

namespace ringlet::convert {

/// A session with its own memory.
class ModelSession {
 public:
  /// `model` must outlive it; `team` is not used while others use it. Throws std::runtime_error if
  /// the session cannot be created.
  ModelSession(const Model& model, const Team& team, std::uint32_t context);

  Session& operator*() { return session_; }
  Session* operator->() { return &session_; }

  /// Throws std::runtime_error if the token cannot be computed.
  void step(TokenId token);

 private:
  struct FreeAligned {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, FreeAligned> memory_;
  Session session_;
};

}  // namespace ringlet::convert
