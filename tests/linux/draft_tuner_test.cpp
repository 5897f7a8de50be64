// The tuner drafts where it pays, and gives up what costs more than it saves. A drafter that waits
// is far slower than any pass here, so these tests do not depend on the machine.
#include "ringlet/linux/draft_tuner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

using Tokens = std::vector<TokenId>;

/// Drafts the text that it knows, or always the wrong token, and takes its time.
struct SlowDrafter {
  const Tokens* text = nullptr;  // null: always wrong
  std::chrono::microseconds delay{};
  std::size_t told = 0;
  int asked = 0;

  Drafter drafter() { return Drafter::of(*this); }
  void observe(std::span<const TokenId> tokens) { told += tokens.size(); }
  std::size_t draft(std::span<TokenId> out) {
    ++asked;
    std::this_thread::sleep_for(delay);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool known = text != nullptr && told + i < text->size();
      out[i] = known ? (*text)[told + i] : 47;
    }
    return out.size();
  }
};

struct Writer {
  explicit Writer(const Model& model)
      : live(model, {.context = 60, .draft_tokens = 7}, {}, *kernel_sets().back()),
        sampler(*live.session.sampler({})) {}

  void write(port::DraftTuner& tuner, std::size_t count) {
    EXPECT_TRUE(live.session.step(1).ok());
    text.push_back(sampler.sample(live.session.logits()));
    const TokenSink sink{&text, [](void* self, TokenId token) noexcept {
                           static_cast<Tokens*>(self)->push_back(token);
                           return true;
                         }};
    while (text.size() < count) {
      EXPECT_TRUE(tuner.round(live.session, sampler, text.back(), sink).ok());
    }
    text.resize(count);
  }

  LiveSession live;
  Sampler sampler;
  Tokens text;
};

const Model& small_model() {
  static const LoadedModel file(Recipe{.architecture = small_architecture()}, all_int8);
  return file.model;
}

TEST(DraftTuner, GivesUpADrafterThatCostsMoreThanItSaves) {
  Writer plain(small_model());
  port::DraftTuner none(Drafter{});
  plain.write(none, 500);
  SlowDrafter slow{.delay = std::chrono::milliseconds(3)};
  Writer writer(small_model());
  port::DraftTuner tuner(slow.drafter());
  writer.write(tuner, 500);
  EXPECT_EQ(writer.text, plain.text);
  EXPECT_GT(slow.asked, 0);
  EXPECT_LE(slow.asked, 10);
}

TEST(DraftTuner, DraftsWhatIsFreeAndRight) {
  Writer plain(small_model());
  port::DraftTuner none(Drafter{});
  plain.write(none, 520);
  SlowDrafter right{.text = &plain.text};
  Writer writer(small_model());
  port::DraftTuner tuner(right.drafter());
  writer.write(tuner, 500);
  plain.text.resize(500);
  EXPECT_EQ(writer.text, plain.text);
  EXPECT_EQ(tuner.totals().accepted, tuner.totals().drafted);
  EXPECT_GT(tuner.totals().accepted, 0U);
}

TEST(DraftTuner, DraftsAFixedNumberWhateverItCosts) {
  SlowDrafter slow{.delay = std::chrono::microseconds(200)};
  Writer writer(small_model());
  port::DraftTuner tuner(slow.drafter(), 2);
  writer.write(tuner, 100);
  EXPECT_EQ(tuner.totals().drafted, 2 * tuner.totals().rounds);
}

}  // namespace
}  // namespace ringlet::test
