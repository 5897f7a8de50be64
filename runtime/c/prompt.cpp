#include "ringlet/prompt.hpp"

#include "c/convert.hpp"

using ringlet::c::object;
using ringlet::c::to_c;

ringlet_sampler_options ringlet_model_sampler_options(const ringlet_model* model) {
  return to_c(ringlet::sampler_options(object<ringlet::Model>(*model)));
}

namespace {

/// `drafter` must live as long as the result.
ringlet::PromptOptions told_by(const ringlet_prompt_options* options,
                               ringlet::Drafter& drafter) noexcept {
  if (options == nullptr) return {};
  ringlet::PromptOptions told{
      .bos = static_cast<ringlet::Bos>(options->bos),
      .control_tokens = ringlet::c::from_c(options->control_tokens),
      .progress = {options->progress.report, options->progress.user_data},
      .room = {options->room, options->room == nullptr ? 0 : options->room_size}};
  if (options->sampler != nullptr) told.sampler = &object<ringlet::Sampler>(*options->sampler);
  if (options->drafter != nullptr) {
    drafter = ringlet::c::from_c(*options->drafter);
    told.drafter = &drafter;
  }
  if (options->detokenizer != nullptr) {
    told.detokenizer = &object<ringlet::Detokenizer>(*options->detokenizer);
  }
  return told;
}

ringlet_status done(const ringlet::Result<std::uint64_t>& result, uint64_t* tokens) noexcept {
  if (result.ok() && tokens != nullptr) *tokens = *result;
  return to_c(result.status());
}

}  // namespace

ringlet_status ringlet_session_prefill_text(ringlet_session* session,
                                            const ringlet_tokenizer* tokenizer, ringlet_text text,
                                            const ringlet_prompt_options* options,
                                            uint64_t* tokens) {
  ringlet::Drafter drafter;
  return done(ringlet::prefill_text(object<ringlet::Session>(*session),
                                    object<ringlet::Tokenizer>(*tokenizer), {text.data, text.size},
                                    told_by(options, drafter)),
              tokens);
}

ringlet_status ringlet_session_prefill_turn(ringlet_session* session,
                                            const ringlet_tokenizer* tokenizer,
                                            const ringlet_chat_turn* turn,
                                            const ringlet_prompt_options* options,
                                            uint64_t* tokens) {
  ringlet::Drafter drafter;
  const ringlet::ChatTurn told{{turn->text.data, turn->text.size},
                               ringlet::c::from_c(turn->control_tokens)};
  return done(ringlet::prefill_turn(object<ringlet::Session>(*session),
                                    object<ringlet::Tokenizer>(*tokenizer), told,
                                    told_by(options, drafter)),
              tokens);
}
