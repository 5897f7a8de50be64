// ringlet tokenize: converts text to token ids and back.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "command.hpp"
#include "encode_text.hpp"
#include "options.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/tokenizer.hpp"

namespace ringlet::cli {
namespace {

struct TokenizeOptions {
  std::string model;
  std::string text;
  bool pieces = false;
  bool decode = false;
  bool no_bos = false;
  bool special = false;
};

std::vector<TokenId> encode(const LoadedModel& model, const Tokenizer& tokenizer,
                            std::string_view text, bool with_bos, bool special) {
  std::vector<TokenId> tokens;
  if (with_bos && tokenizer.adds_bos()) tokens.push_back(tokenizer.bos());
  const Status status = port::encode_text(tokenizer, text, tokens, {.enabled = special});
  if (!status.ok()) throw port::failure_of(model.path, status);
  return tokens;
}

std::vector<TokenId> parse_ids(std::string_view text, std::uint32_t vocab_size) {
  constexpr std::string_view separators = " \t\r\n,";
  std::vector<TokenId> tokens;
  for (std::size_t at = text.find_first_not_of(separators); at != std::string_view::npos;
       at = text.find_first_not_of(separators, at)) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    const std::string word(text.substr(at, end - at));
    TokenId token = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), token);
    if (error != std::errc() || stop != word.data() + word.size() || token >= vocab_size) {
      throw UsageError("'" + word + "' is not a token id; the vocabulary has 0 to " +
                       std::to_string(vocab_size - 1));
    }
    tokens.push_back(token);
    at = end;
  }
  return tokens;
}

/// A piece in quotes, with unprintable characters escaped, so that each takes one line.
std::string quoted(std::string_view piece) {
  return nlohmann::json(std::string(piece))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string listing(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens, bool pieces) {
  std::string out;
  for (const TokenId token : tokens) {
    if (!pieces && !out.empty()) out += ' ';
    out += std::to_string(token);
    if (pieces) out += ' ' + quoted(tokenizer.piece(token)) + '\n';
  }
  if (!pieces) out += '\n';
  return out;
}

std::string decode(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  Detokenizer detokenizer(tokenizer);
  std::string out;
  for (const TokenId token : tokens) out += detokenizer.next(token);
  out += detokenizer.finish();
  return out + '\n';
}

int execute(const TokenizeOptions& options) {
  const LoadedModel model = load_model(options.model);
  const Tokenizer tokenizer = open_tokenizer(model);
  std::string text = options.text;
  if (text == "-") {
    text = read_text("-");
    drop_final_newline(text);
  }
  const std::vector<TokenId> tokens =
      options.decode ? parse_ids(text, model.model.architecture().vocab_size)
                     : encode(model, tokenizer, text, !options.no_bos, options.special);
  const bool to_text = options.decode && !options.pieces;
  print(to_text ? decode(tokenizer, tokens) : listing(tokenizer, tokens, options.pieces));
  return exit_success;
}

}  // namespace

Command add_tokenize(CLI::App& program) {
  const auto options = std::make_shared<TokenizeOptions>();
  CLI::App* app = program.add_subcommand("tokenize", "Turn text into token ids, or ids into text");
  add_required_model(*app, options->model);
  app->add_option("TEXT", options->text, "Text, or ids with --decode; - reads standard input.")
      ->required()
      ->type_name("");
  app->add_flag("--pieces", options->pieces, "Print one id and its piece per line.");
  app->add_flag("--decode", options->decode, "Turn ids into text.");
  app->add_flag("--no-bos", options->no_bos, "Omit the begin-of-text token.");
  app->add_flag("--special", options->special,
                "Read control tokens spelled in the text (\"<|im_end|>\") as tokens.");
  app->footer(
      "A newline at the end of standard input is not part of the text.\n\n"
      "Examples:\n"
      "  ringlet tokenize stories.ringlet \"Once upon a time\"\n"
      "  ringlet tokenize stories.ringlet --pieces - < story.txt\n"
      "  ringlet tokenize stories.ringlet --decode \"403 407 261\"");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
