#include "support/sessions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "support/hash.hpp"

namespace ringlet::test {

std::string line(const Status& status) {
  std::array<char, 512> buffer{};
  return std::string(describe(status, buffer));
}

LiveSession::LiveSession(const Model& model, const Config& config, const Team& team,
                         const KernelSet& kernels, std::byte garbage) {
  const Result<MemoryPlan> needed = plan(model, config);
  EXPECT_TRUE(needed.ok()) << line(needed.status());
  if (!needed.ok()) return;
  memory = AlignedBytes(static_cast<std::size_t>(needed->total()), garbage);
  const Result<Session> created = Session::create(model, config, memory.span(), kernels, team);
  EXPECT_TRUE(created.ok()) << line(created.status());
  session = *created;
}

std::vector<float> logits_of(const Session& session) {
  const std::span<const float> logits = session.logits();
  return {logits.begin(), logits.end()};
}

std::vector<float> prefill_in_pieces(Session& session, std::span<const TokenId> tokens,
                                     std::size_t piece) {
  while (!tokens.empty()) {
    const std::size_t count = std::min(piece, tokens.size());
    const Status status = session.prefill(tokens.first(count));
    EXPECT_TRUE(status.ok()) << line(status);
    tokens = tokens.subspan(count);
  }
  return logits_of(session);
}

std::uint64_t digest_of_steps(Session& session, std::span<const TokenId> tokens) {
  Hash hash;
  for (TokenId token : tokens) {
    const Status status = session.step(token);
    EXPECT_TRUE(status.ok()) << line(status);
    hash.floats(session.logits());
  }
  return hash.value();
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

}  // namespace ringlet::test
