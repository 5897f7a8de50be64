#include "ringlet/prompt.hpp"

#include <algorithm>
#include <array>

#include "base/features.hpp"
#include "base/left_out.hpp"

namespace ringlet {
namespace {

constexpr std::size_t room_on_stack = sizeof(void*) == 8 ? 512 : 64;

/// The text to append to a session.
struct Text {
  std::string_view characters;
  ControlTokens control_tokens;
  bool begins;   // the vocabulary's prefix belongs before this text
  bool has_bos;  // so does the begin-of-text token
};

/// Appends one text to a session, in pieces that fit into the room. Encoding is reproducible, so a
/// text of several pieces is encoded again in each pass: firmware has no memory for all tokens of a
/// prompt.
class Prompt {
 public:
  Prompt(Session& session, const Tokenizer& tokenizer, const Text& text,
         const PromptOptions& options, std::span<TokenId> room) noexcept
      : session_(session), tokenizer_(tokenizer), text_(text), options_(options), room_(room) {}

  Result<std::uint64_t> run() noexcept {
    start_ = session_.position();
    if (!walk(Pass::count)) return status_;
    if (!walk(Pass::prefill) && status_.code() != ErrorCode::cancelled) {
      if (session_.position() != start_ && !session_.truncate(start_).ok()) session_.reset();
      return status_;
    }
    untold_ = session_.position() - start_;
    (void)walk(Pass::tell);
    // A text can end within a character; its bytes then stay as given.
    if (options_.detokenizer != nullptr) (void)options_.detokenizer->finish();
    if (!status_.ok()) return status_;
    return total_;
  }

 private:
  enum class Pass : std::uint8_t { count, prefill, tell };

  bool walk(Pass pass) noexcept {
    // The tokens of a text of one piece are still in the room.
    if (pass != Pass::count && pieces_ < 2) return pieces_ == 0 || handle(pass, room_.first(last_));
    std::string_view rest = text_.characters;
    bool beginning = text_.begins;
    std::size_t count = 0;
    if (text_.has_bos) room_[count++] = tokenizer_.bos();
    while (!rest.empty()) {
      const Result<Encoded> encoded =
          tokenizer_.encode(rest, beginning, session_.tokenizer_workspace(), room_.subspan(count),
                            text_.control_tokens);
      if (!encoded.ok()) {
        status_ = no_room(encoded.status());
        return false;
      }
      count += encoded->tokens;
      rest.remove_prefix(encoded->bytes);
      beginning = encoded->beginning;
      if (rest.empty()) break;
      if (!handle(pass, room_.first(count))) return false;
      count = 0;
    }
    return count == 0 || handle(pass, room_.first(count));
  }

  /// Encoding knows the room as its output: a word whose tokens do not fit into it.
  Status no_room(const Status& status) const noexcept {
    if (status.code() != ErrorCode::invalid_argument) return status;
    return Status(status.code(), "room", "too small for the tokens of one word; give more")
        .with(status.needed(), room_.size());
  }

  bool handle(Pass pass, std::span<const TokenId> piece) noexcept {
    switch (pass) {
      case Pass::count:
        total_ += piece.size();
        last_ = piece.size();
        ++pieces_;
        break;
      case Pass::prefill:
        before_ = session_.position() - start_;
        status_ = session_.prefill(
            piece, options_.progress.report != nullptr ? Progress{&report, this} : Progress{});
        break;
      case Pass::tell:
        tell(piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), untold_))));
        return true;
    }
    return status_.ok();
  }

  void tell(std::span<const TokenId> tokens) noexcept {
    untold_ -= tokens.size();
    for (const TokenId token : tokens) {
      if (options_.sampler != nullptr) options_.sampler->observe(token);
      if (options_.detokenizer != nullptr) (void)options_.detokenizer->next(token);
    }
    if (features::speculation && options_.drafter != nullptr) options_.drafter->tell(tokens);
  }

  /// Converts the progress of a piece into that of the whole text.
  static bool report(void* user_data, std::uint64_t done, std::uint64_t /*of_piece*/) noexcept {
    const auto& prompt = *static_cast<const Prompt*>(user_data);
    const Progress& told = prompt.options_.progress;
    return told.report(told.user_data, prompt.before_ + done, prompt.total_);
  }

  Session& session_;
  const Tokenizer& tokenizer_;
  const Text& text_;
  const PromptOptions& options_;
  std::span<TokenId> room_;
  Status status_;
  std::uint64_t start_ = 0;   // position of the session before the text
  std::uint64_t total_ = 0;   // tokens of the text
  std::uint64_t before_ = 0;  // tokens of the text before the current piece
  std::uint64_t untold_ = 0;  // tokens that sampler, detokenizer and drafter have yet to see
  std::size_t last_ = 0;      // tokens of the last piece
  std::uint32_t pieces_ = 0;
};

Result<std::uint64_t> prefill(Session& session, const Tokenizer& tokenizer, const Text& text,
                              const PromptOptions& options) noexcept {
  if (!features::speculation && options.drafter != nullptr) return left_out("speculation");
  std::array<TokenId, room_on_stack> stack;
  return Prompt(session, tokenizer, text, options,
                options.room.empty() ? std::span(stack) : options.room)
      .run();
}

}  // namespace

SamplerOptions sampler_options(const Model& model) noexcept {
  const SamplingDefaults defaults = model.sampling();
  return {.temperature = defaults.temperature,
          .top_k = defaults.top_k,
          .top_p = defaults.top_p,
          .min_p = defaults.min_p,
          .repeat_penalty = defaults.repeat_penalty};
}

Result<std::uint64_t> prefill_text(Session& session, const Tokenizer& tokenizer,
                                   std::string_view text, const PromptOptions& options) noexcept {
  const bool begins = session.position() == 0;
  const bool wants_bos = options.bos == Bos::always ||
                         (options.bos == Bos::automatic && begins && tokenizer.adds_bos());
  return prefill(session, tokenizer,
                 {.characters = text,
                  .control_tokens = options.control_tokens,
                  .begins = begins,
                  .has_bos = wants_bos && tokenizer.bos() != Tokenizer::none},
                 options);
}

Result<std::uint64_t> prefill_turn(Session& session, const Tokenizer& tokenizer,
                                   const ChatTurn& turn, const PromptOptions& options) noexcept {
  return prefill(session, tokenizer,
                 {.characters = turn.text,
                  .control_tokens = turn.control_tokens,
                  .begins = true,
                  .has_bos = false},
                 options);
}

}  // namespace ringlet
