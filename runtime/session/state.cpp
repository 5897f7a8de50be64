#include "session/state.hpp"

#include <algorithm>

#include "base/invalid_argument.hpp"
#include "kernels/packed_layout.hpp"
#include "session/windows.hpp"

namespace ringlet {

std::span<std::byte> Session::State::planned(SectionId id, std::uint32_t its_part,
                                             std::uint32_t count) const noexcept {
  const Result<MemoryPlan> plan = plan_sessions(model(), config(), engine->sharing);
  const Section* section = plan.ok() ? plan->find(id) : nullptr;
  if (section == nullptr) return {};
  // The engine lies at the start of the memory.
  const auto size = static_cast<std::size_t>(section->bytes) / count;
  std::byte* memory = reinterpret_cast<std::byte*>(engine);
  return {memory + static_cast<std::size_t>(section->offset) + its_part * size, size};
}

void Session::State::begin(Engine& its_engine, std::uint32_t its_index,
                           const Arena& arena) noexcept {
  engine = &its_engine;
  index = its_index;
  const std::uint32_t seats = engine->sharing.seats();
  const std::uint32_t vocab_size = model().architecture().vocab_size;
  // A branch gets the cache of what it is forked from.
  if (!is_branch()) {
    cache = KvCache(arena, model(), index, engine->sharing.count(), engine->one_sinks());
  }
  if (features::recurrent) {
    cache.place_recurrent(Recurrent::make(recurrent_sizes(model(), config()),
                                          engine->decoder.kernels(),
                                          arena.part(SectionId::recurrent_inputs, index, seats),
                                          arena.part(SectionId::recurrent_states, index, seats)));
  }
  logits_stride = static_cast<std::uint32_t>(packed::padded_rows(vocab_size));
  logits = reinterpret_cast<float*>(arena.part(SectionId::logits, index, seats).data());
  // Behind the candidates that samplers share.
  recent = engine->candidates + Sampler::workspace_bytes(vocab_size, 0) +
           std::size_t{index} * config().repeat_window * sizeof(TokenId);
}

std::span<const float> Session::State::last_logits() const noexcept {
  if (logits_rows == 0) return {};
  const std::size_t last = features::speculation ? logits_rows - 1 : 0;
  return {logits + last * logits_stride, model().architecture().vocab_size};
}

Status Session::State::check(std::span<const TokenId> tokens) const noexcept {
  if (lacks_sinks()) {
    if (engine->one_sinks()) return invalid_argument("prefix", "none yet; call Pool::prefix first");
    return invalid_argument("sinks_in_snapshot",
                            "no snapshot yet; restore one before the first token");
  }
  const Architecture& a = model().architecture();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] >= a.vocab_size) {
      return Status(ErrorCode::out_of_range, "tokens", "not a token of the vocabulary")
          .at(static_cast<std::int64_t>(i))
          .at_most(a.vocab_size - 1, tokens[i]);
    }
  }
  const std::uint32_t positions = a.learned_positions;
  if (positions != 0 && tokens.size() > positions - cursor.position()) {
    return Status(ErrorCode::out_of_range, "tokens",
                  "beyond the positions that the model has learned; reset the session")
        .at_most(positions, cursor.position() + tokens.size());
  }
  if (!features::pool || engine->branches == nullptr) return {};
  return engine->branches->check(index, cursor.position(), tokens.size());
}

Status Session::State::check_ring() const noexcept {
  if (is_branch()) return invalid_argument("session", "a branch; use a session with a ring");
  if (!features::pool || engine->branches == nullptr) return {};
  return engine->branches->check(index, cursor.position(), 0);
}

void Session::State::own_pages(std::uint32_t tokens) noexcept {
  if (is_branch()) engine->branches->own(index, cache, cursor.position(), tokens);
}

bool Session::State::forward(std::span<const TokenId> tokens, std::uint32_t wanted,
                             bool is_prefill) noexcept {
  const auto count = static_cast<std::uint32_t>(tokens.size());
  own_pages(count);
  const RowSpan rows{.cache = &cache,
                     .position = cursor.position(),
                     .first = 0,
                     .count = count,
                     .wanted = wanted,
                     .logits = logits};
  const bool finite =
      engine->decoder.forward({.tokens = tokens, .sessions = {&rows, 1}, .is_prefill = is_prefill});
  commit(count);
  logits_rows = finite ? wanted : 0;
  pass = ++engine->passes;
  return finite;
}

void Session::State::commit(std::uint32_t tokens) noexcept {
  cursor.commit(tokens);
  if (cache.recurrent() != nullptr) {
    cache.recurrent()->commit(cursor.position() - tokens, tokens);
  }
}

Status Session::State::give_up(std::uint64_t start) noexcept {
  // A single pass has left the state before it as it was.
  const bool single = cursor.position() - start <= config().prefill_chunk;
  if (cache.recurrent() != nullptr && single) cache.recurrent()->inputs.undo();
  if (!truncate(start).ok()) reset();
  has_fault = true;
  return Status(ErrorCode::not_finite, "position",
                "NaN, infinity or keys too large to cache; verify_data checks the weights")
      .at(static_cast<std::int64_t>(engine->decoder.fault().position));
}

Status Session::State::truncate(std::uint64_t position) noexcept {
  if (position == cursor.position()) return {};
  if (position > cursor.position()) {
    return Status(ErrorCode::out_of_range, "position", "ahead of the session")
        .at_most(cursor.position(), position);
  }
  std::uint64_t earliest = pinned();
  for (std::uint32_t i = 0; i < model().architecture().layers; ++i) {
    earliest = std::max(earliest, cursor.earliest(cache.layer(i).ring));
  }
  if (position < earliest) {
    return Status(ErrorCode::out_of_range, "position", "further back than the ring remembers")
        .with(earliest, position);
  }
  if (cache.recurrent() != nullptr && position != 0 && position < cache.recurrent()->earliest()) {
    return Status(ErrorCode::out_of_range, "position",
                  "further back than the recurrent layers remember: rewind, or a restored snapshot")
        .with(cache.recurrent()->earliest(), position);
  }
  const std::uint64_t dropped = cursor.position() - position;
  const bool keeps = features::speculation && dropped < logits_rows;
  logits_rows = keeps ? logits_rows - static_cast<std::uint32_t>(dropped) : 0;
  cursor.truncate(position);
  if (cache.recurrent() != nullptr && position == 0) cache.recurrent()->reset();
  return {};
}

void Session::State::reset() noexcept {
  cursor.reset();
  if (cache.recurrent() != nullptr) cache.recurrent()->reset();
  logits_rows = 0;
  if (is_branch()) return engine->branches->end(index);
  if (features::pool && engine->branches != nullptr) end_branches();
  if (engine->one_sinks() && engine->prefix == Engine::Prefix::present) begin_after_prefix();
}

void Session::State::end_branches() const noexcept {
  const Branches& branches = *engine->branches;
  for (std::uint32_t i = engine->sharing.sessions; i < engine->sharing.seats(); ++i) {
    if (branches.info(i).is_begun && branches.info(i).root == index) of(*engine, i).reset();
  }
}

void Session::State::begin_after_prefix() noexcept {
  const std::uint64_t position = engine->sharing.prefix_tokens;
  cursor = RingCursor(position, position);
  logits_rows = 0;
  load_windows(engine->windows, model().architecture().layers, position, cache);
}

}  // namespace ringlet
