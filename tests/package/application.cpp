// Names of the library that a C++ application refers to.
#include "ringlet/digest.hpp"
#include "ringlet/ringlet.hpp"

using namespace ringlet;

bool application(std::span<std::byte> memory, std::span<const std::byte> bytes,
                 std::span<TokenId> tokens, std::span<char> line) {
  const auto model = Model::open(bytes);
  if (!model || !plan(*model, {}) || longest_context(*model, {}, memory.size()) == 0) return false;
  auto session = Session::create(*model, {}, memory, helium_kernels());
  const auto tokenizer = Tokenizer::open(*model);
  if (!session || !tokenizer) return !describe(session.status(), line).empty();
  const auto encoded = tokenizer->encode("text", true, session->tokenizer_workspace(), tokens);
  auto sampler = session->sampler({});
  if (!encoded || !sampler) return false;
  sampler->observe(tokens[0]);
  return session->prefill(tokens).ok() && session->step(sampler->sample(session->logits())).ok() &&
         digest(*session).ok();
}
