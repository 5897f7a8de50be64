// Nothing touches the heap: opening, planning, creating, ten thousand tokens past the ring,
// sampling, tokenizing, going back, resetting, saving, restoring and every kind of refusal, with
// the C library's allocator watched.
#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

#include "no_heap/counting_allocator.hpp"
#include "ringlet/ringlet.hpp"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

TEST(HeapWatch, SeesTheHeap) {
  HeapWatch watch;
  std::vector<int> grown(100);
  grown.resize(10000);
  ::operator delete (::operator new (64, std::align_val_t{64}), std::align_val_t{64});
  EXPECT_GE(watch.calls(), 4U);
}

class NoHeap : public testing::Test {
 protected:
  static AlignedBytes make() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.vocab_size = tokenizer_pieces;
    recipe.tokenizer = true;
    return write_image(recipe, convert::WriteOptions{});
  }
  AlignedBytes image = make();
  AlignedBytes memory{1 << 20};
  AlignedBytes other_memory{1 << 20};
  AlignedBytes room{1 << 20};
  Config config{.context = 48, .sinks = 4, .kv = {}, .prefill_chunk = 8};
};

/// Counts failures, because reporting one would use the heap.
struct Failures {
  int count = 0;
  void unless(bool right) { count += right ? 0 : 1; }
};

void refuse(Session& session, const Model& model, const Config& config, std::span<std::byte> memory,
            Failures& failed) {
  std::array<char, 200> buffer{};
  const TokenId unknown[] = {1, 2, 1000000};
  failed.unless(!session.prefill(unknown).ok());
  failed.unless(!session.step(1000000).ok());
  failed.unless(!session.truncate(session.position() + 1).ok());
  failed.unless(!Session::create(model, config, memory.first(64), scalar_kernels()).ok());
  Config impossible = config;
  impossible.context = 1000;
  failed.unless(!plan(model, impossible).ok());
  failed.unless(!Model::open(std::as_bytes(std::span(unknown))).ok());
  const Status status = Session::create(model, config, memory.first(64), scalar_kernels()).status();
  failed.unless(!describe(status, buffer).empty());
}

void encode_and_decode(const Model& model, Session& session, Failures& failed) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  failed.unless(tokenizer.ok());
  std::array<TokenId, 64> ids{};
  std::string_view text = "the cat and the dog sat on a mat \xF0\x9F\x98\x80 \xFF in the sun";
  Detokenizer decode(*tokenizer);
  for (bool beginning = true; !text.empty(); beginning = false) {
    const auto encoded = tokenizer->encode(text, beginning, session.tokenizer_workspace(), ids);
    failed.unless(encoded.ok() && encoded->bytes > 0);
    if (!encoded.ok() || encoded->bytes == 0) return;
    for (std::size_t i = 0; i < encoded->tokens; ++i)
      failed.unless(decode.next(ids[i]).size() < 100);
    failed.unless(session.prefill(std::span(ids).first(encoded->tokens)).ok());
    text.remove_prefix(encoded->bytes);
  }
  (void)decode.finish();
  failed.unless(tokenizer->find("the") != Tokenizer::none);
}

/// Saves, restores into another session with the sinks in place and without, and is refused what is
/// damaged. `memory` and `room` are for one session and one snapshot.
void save_and_restore(const Session& session, Sampler& sampler, Config config,
                      std::span<std::byte> memory, std::span<std::byte> room, Failures& failed) {
  const auto needed = snapshot_bytes(session.model(), config);
  failed.unless(needed.ok() && *needed <= room.size());
  failed.unless(!session.save(room.first(100), &sampler).ok());
  const auto saved = session.save(room, &sampler);
  failed.unless(saved.ok());
  if (failed.count != 0) return;
  const auto snapshot = room.first(*saved);
  failed.unless(snapshot_info(snapshot).ok());
  for (const bool in_place : {false, true}) {
    config.sinks_in_snapshot = in_place;
    auto other = Session::create(session.model(), config, memory, scalar_kernels());
    failed.unless(other.ok() && other->restore(snapshot, &sampler).ok());
    failed.unless(other->position() == session.position() && other->step(1).ok());
    snapshot[snapshot.size() / 2] ^= std::byte{1};
    failed.unless(!other->restore(snapshot, &sampler).ok());
    snapshot[snapshot.size() / 2] ^= std::byte{1};
    failed.unless(!other->restore(snapshot.first(snapshot.size() - 1)).ok());
    config.sinks += 1;
    auto different = Session::create(session.model(), config, memory, scalar_kernels());
    failed.unless(different.ok() && !different->restore(snapshot).ok());
    config.sinks -= 1;
  }
}

TEST_F(NoHeap, ATokenIsOnlyArithmetic) {
  Failures failed;
  std::uint64_t calls = 0;
  {
    HeapWatch watch;
    const Result<Model> model = Model::open(image.span());
    failed.unless(model.ok() && model->verify_data().ok());
    const Result<MemoryPlan> needed = plan(*model, config);
    failed.unless(needed.ok() && needed->total() <= memory.size());
    Result<Session> session = Session::create(*model, config, memory.span(), scalar_kernels());
    failed.unless(session.ok());
    if (failed.count == 0) {
      encode_and_decode(*model, *session, failed);
      const SamplerOptions options{.temperature = 0.9F,
                                   .top_k = 40,
                                   .top_p = 0.95F,
                                   .min_p = 0.01F,
                                   .repeat_penalty = 1.1F,
                                   .seed = 3};
      auto sampler = session->sampler(options);
      failed.unless(sampler.ok());
      for (int i = 0; i < 10000; ++i)
        failed.unless(session->step(sampler->sample(session->logits())).ok());
      refuse(*session, *model, config, memory.span(), failed);
      save_and_restore(*session, *sampler, config, other_memory.span(), room.span(), failed);
      failed.unless(session->truncate(session->position() - 5).ok());
      failed.unless(session->step(1).ok());
      session->reset();
      failed.unless(session->step(1).ok());
      failed.unless(!session->memory_plan().sections().empty());
    }
    calls = watch.calls();
  }
  EXPECT_EQ(failed.count, 0);
  EXPECT_EQ(calls, 0U);
}

}  // namespace
}  // namespace ringlet::test
