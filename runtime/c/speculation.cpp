#include "ringlet/speculation.hpp"

#include "c/convert.hpp"
#include "ringlet/draft_model.hpp"
#include "ringlet/draft_text.hpp"
#include "ringlet/lookup.hpp"

using ringlet::DraftLength;
using ringlet::DraftModel;
using ringlet::DraftText;
using ringlet::Lookup;
using ringlet::Session;
using ringlet::c::object;
using ringlet::c::to_c;

namespace ringlet::c {

Drafter from_c(const ringlet_drafter& drafter) noexcept {
  Drafter adapter;
  // The adapter does not write to it.
  adapter.user_data = const_cast<ringlet_drafter*>(&drafter);
  if (drafter.draft != nullptr) {
    adapter.draft = [](void* self, std::span<TokenId> out) noexcept -> std::size_t {
      const auto& told = *static_cast<const ringlet_drafter*>(self);
      return told.draft(told.user_data, out.data(), out.size());
    };
  }
  if (drafter.observe != nullptr) {
    adapter.observe = [](void* self, std::span<const TokenId> tokens) noexcept {
      const auto& told = *static_cast<const ringlet_drafter*>(self);
      told.observe(told.user_data, tokens.data(), tokens.size());
    };
  }
  return adapter;
}

}  // namespace ringlet::c

namespace {

/// A drafter of the library for C. T has draft() and observe().
template <typename T, typename Opaque>
ringlet_drafter drafter_of(Opaque* opaque) {
  return {.draft = [](void* self, ringlet_token* tokens, size_t capacity) -> size_t {
            return object<T>(*static_cast<Opaque*>(self)).draft({tokens, capacity});
          },
          .observe =
              [](void* self, const ringlet_token* tokens, size_t count) {
                object<T>(*static_cast<Opaque*>(self)).observe({tokens, count});
              },
          .user_data = opaque};
}

ringlet_draft_length place(const DraftLength& length) {
  ringlet_draft_length result{};
  ringlet::c::place(result, length);
  return result;
}

}  // namespace

ringlet_status ringlet_session_verify(ringlet_session* session, const ringlet_token* tokens,
                                      size_t count) {
  return to_c(object<Session>(*session).verify({tokens, count}));
}

const float* ringlet_session_logits_row(const ringlet_session* session, uint32_t row) {
  const auto logits = object<Session>(*session).logits(row);
  return logits.empty() ? nullptr : logits.data();
}

ringlet_span ringlet_session_lookup_workspace(const ringlet_session* session) {
  return to_c(object<Session>(*session).lookup_workspace());
}

ringlet_span ringlet_session_draft_memory(const ringlet_session* session) {
  return to_c(object<Session>(*session).draft_memory());
}

uint64_t ringlet_lookup_workspace_bytes(uint32_t window) { return Lookup::workspace_bytes(window); }

ringlet_status ringlet_lookup_create(ringlet_lookup* lookup, uint32_t window,
                                     ringlet_span workspace) {
  return ringlet::c::place_result(*lookup, Lookup::create(window, ringlet::c::from_c(workspace)));
}

void ringlet_lookup_reset(ringlet_lookup* lookup) { object<Lookup>(*lookup).reset(); }

ringlet_drafter ringlet_lookup_drafter(ringlet_lookup* lookup) {
  return drafter_of<Lookup>(lookup);
}

ringlet_status ringlet_draft_model_create(ringlet_draft_model* model, const ringlet_model* target,
                                          const ringlet_session* session) {
  return ringlet::c::place_result(
      *model, DraftModel::create(object<ringlet::Model>(*target), object<Session>(*session)));
}

ringlet_drafter ringlet_draft_model_drafter(ringlet_draft_model* model) {
  return drafter_of<DraftModel>(model);
}

ringlet_status ringlet_draft_text_create(ringlet_draft_text* text, const ringlet_model* target,
                                         const ringlet_session* session) {
  return ringlet::c::place_result(
      *text, DraftText::create(object<ringlet::Model>(*target), object<Session>(*session)));
}

ringlet_drafter ringlet_draft_text_drafter(ringlet_draft_text* text) {
  return drafter_of<DraftText>(text);
}

ringlet_draft_length ringlet_draft_length_fixed(uint32_t tokens) {
  return place(DraftLength::fixed(tokens));
}

ringlet_draft_length ringlet_draft_length_best(const float* pass_costs, size_t count,
                                               float draft_cost) {
  return place(DraftLength::best({pass_costs, count}, draft_cost));
}

float ringlet_draft_length_acceptance(const ringlet_draft_length* length) {
  return object<DraftLength>(*length).acceptance();
}

namespace {

ringlet_status speculate(ringlet_session* session, const ringlet::TokenChooser& chooser,
                         const ringlet_drafter* drafter, ringlet_draft_length* length,
                         ringlet_token last, const ringlet_token_sink* sink, ringlet_round* round) {
  const ringlet::TokenSink adapter{.user_data = const_cast<ringlet_token_sink*>(sink),
                                   .take = [](void* self, ringlet::TokenId token) noexcept {
                                     const auto& told =
                                         *static_cast<const ringlet_token_sink*>(self);
                                     return told.take(told.user_data, token);
                                   }};
  const auto result =
      ringlet::speculate(object<Session>(*session), chooser, ringlet::c::from_c(*drafter),
                         object<DraftLength>(*length), last, adapter);
  if (result.ok()) {
    *round = {.last = result->last,
              .emitted = result->emitted,
              .drafted = result->drafted,
              .accepted = result->accepted,
              .ended = result->ended};
  }
  return to_c(result.status());
}

}  // namespace

ringlet_status ringlet_speculate(ringlet_session* session, ringlet_sampler* sampler,
                                 const ringlet_drafter* drafter, ringlet_draft_length* length,
                                 ringlet_token last, const ringlet_token_sink* sink,
                                 ringlet_round* round) {
  return speculate(session, object<ringlet::Sampler>(*sampler), drafter, length, last, sink, round);
}

ringlet_status ringlet_speculate_with(ringlet_session* session,
                                      const ringlet_token_chooser* chooser,
                                      const ringlet_drafter* drafter, ringlet_draft_length* length,
                                      ringlet_token last, const ringlet_token_sink* sink,
                                      ringlet_round* round) {
  const ringlet::TokenChooser adapter(
      const_cast<ringlet_token_chooser*>(chooser),
      [](void* self, std::span<const float> logits) noexcept -> ringlet::TokenId {
        const auto& told = *static_cast<const ringlet_token_chooser*>(self);
        return told.choose(told.user_data, logits.data(), logits.size());
      });
  return speculate(session, adapter, drafter, length, last, sink, round);
}
