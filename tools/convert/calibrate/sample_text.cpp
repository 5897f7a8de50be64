#include "calibrate/sample_text.hpp"

#include <array>
#include <memory>
#include <new>
#include <vector>

#include "ringlet/linux/kernels.hpp"
#include "ringlet/pool.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

/// Texts that are written at once: one pass over the weights serves all of them.
constexpr std::uint32_t most_writers = 16;
constexpr std::align_val_t alignment{64};

void require(const Status& status) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the model cannot write a text to calibrate on: ", describe(status, text));
}

struct FreeAligned {
  void operator()(std::byte* memory) const { ::operator delete[](memory, alignment); }
};

/// One text in the making.
struct Writer {
  Sampler sampler;
  std::vector<TokenId> tokens;
};

class Writing {
 public:
  Writing(const Model& model, const Team& team, const SampledText& size)
      : tokenizer_(Tokenizer::open(model)), size_(size) {
    const PoolConfig config{.session = {.context = size.window,
                                        .sinks = 0,
                                        .kv = KvFormats(KvFormat::f32),
                                        .prefill_chunk = most_writers,
                                        .threads = team.threads},
                            .sessions = most_writers};
    const Result<MemoryPlan> needed = plan(model, config);
    require(needed.status());
    const auto bytes = static_cast<std::size_t>(needed->total());
    memory_.reset(static_cast<std::byte*>(::operator new[](bytes, alignment)));
    const Result<Pool> created =
        Pool::create(model, config, {memory_.get(), bytes}, port::find_kernels("auto"), team);
    require(created.status());
    pool_ = *created;
    for (std::uint32_t i = 0; i < most_writers; ++i) begin_text(i);
  }

  /// Gives every text one more token.
  void step() {
    std::array<Pool::Row, most_writers> rows;
    for (std::uint32_t i = 0; i < most_writers; ++i) {
      rows[i] = {.session = i, .token = writers_[i].tokens.back(), .logits = true};
    }
    require(pool_.step(rows));
    for (std::uint32_t i = 0; i < most_writers; ++i) {
      const TokenId next = writers_[i].sampler.sample(pool_.logits(i));
      const bool ends = tokenizer_.ok() && tokenizer_->ends_text(next);
      if (!ends) writers_[i].tokens.push_back(next);
      if (ends || writers_[i].tokens.size() == size_.window) end_text(i);
    }
  }

  [[nodiscard]] std::size_t written() const {
    std::size_t count = text_.tokens.size();
    for (const Writer& writer : writers_) count += writer.tokens.size();
    return count;
  }

  CalibrationText finish() {
    for (std::uint32_t i = 0; i < most_writers; ++i) end_text(i);
    return std::move(text_);
  }

 private:
  void begin_text(std::uint32_t i) {
    SamplerOptions options;
    options.temperature = 1.0F;
    options.repeat_window = 0;
    options.seed = ++texts_;
    const Session session = pool_.session(i);
    const Result<Sampler> sampler = session.sampler(options);
    require(sampler.status());
    const bool bos = tokenizer_.ok() && tokenizer_->bos() != Tokenizer::none;
    writers_[i] = {.sampler = *sampler, .tokens = {bos ? tokenizer_->bos() : TokenId{0}}};
  }

  void end_text(std::uint32_t i) {
    if (writers_[i].tokens.size() > 1) text_.add_window(writers_[i].tokens);
    pool_.session(i).reset();
    begin_text(i);
  }

  Result<Tokenizer> tokenizer_;
  SampledText size_;
  std::unique_ptr<std::byte, FreeAligned> memory_;
  Pool pool_;
  std::array<Writer, most_writers> writers_;
  std::uint64_t texts_ = 0;
  CalibrationText text_;
};

}  // namespace

CalibrationText sample_text(const Model& model, const Team& team, const SampledText& size,
                            const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  Writing writing(model, team, size);
  // A model that ends its texts at once would write for ever.
  for (std::uint32_t step = 0; step < size.tokens && writing.written() < size.tokens; ++step) {
    writing.step();
    if (progress) progress(writing.written(), size.tokens);
  }
  CalibrationText text = writing.finish();
  if (text.tokens.empty()) {
    fail("the model writes nothing to calibrate on; name a text with --calibrate, or none");
  }
  return text;
}

}  // namespace ringlet::convert
