#include "quantize/text_scoring.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>

#include "encode_text.hpp"
#include "predictions.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/errors.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t longest_window = 512;
constexpr std::align_val_t alignment{64};

void require(const Status& status) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the text cannot be run through the model: ", describe(status, text));
}

}  // namespace

void TextSession::FreeAligned::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment);
}

TextSession::TextSession(const Model& model, const KernelSet& kernels) {
  const Config config{.context = std::min(model.architecture().trained_context, longest_window),
                      .sinks = 0,
                      .kv = KvFormats(KvFormat::f32)};
  const Result<MemoryPlan> needed = plan(model, config);
  require(needed.status());
  const auto bytes = static_cast<std::size_t>(needed->total());
  memory_.reset(static_cast<std::byte*>(::operator new[](bytes, alignment)));
  const Result<Session> created = Session::create(model, config, {memory_.get(), bytes}, kernels);
  require(created.status());
  session_ = *created;
  window_ = config.context;
}

std::vector<TokenId> encode_file(const Model& model, const std::filesystem::path& text,
                                 std::size_t most) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  if (!tokenizer) fail(text.string(), " cannot be encoded: the model has no tokenizer");
  const PagedFile file(text);
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()),
                               file.bytes().size());
  std::vector<TokenId> ids;
  require(port::encode_text(*tokenizer, bytes, ids, {}, most));
  ids.resize(std::min(ids.size(), most));
  return ids;
}

double perplexity(const Model& model, std::span<const TokenId> tokens) {
  TextSession text(model, port::find_kernels("auto"));
  const TokenId bos = Tokenizer::open(model)->bos();
  double nll = 0;
  std::uint64_t scored = 0;
  while (tokens.size() > 1) {
    const std::size_t count = std::min(tokens.size(), text.window() - 1);
    text.session().reset();
    if (bos != Tokenizer::none) require(text.session().step(bos));
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<const float> logits = text.session().logits();
      if (!logits.empty()) {
        nll += port::negative_log_likelihood(logits, tokens[i]);
        ++scored;
      }
      require(text.session().step(tokens[i]));
    }
    tokens = tokens.subspan(count);
  }
  return scored > 0 ? std::exp(nll / static_cast<double>(scored)) : 0;
}

}  // namespace ringlet::convert
