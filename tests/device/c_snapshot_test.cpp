// Snapshots and observers through the C interface.
#include "device/c_rig.hpp"
#include "ringlet/snapshot.hpp"

namespace ringlet::test {
namespace {

Buffer<std::byte, std::size_t{192} * 1024> snapshot;
constexpr ringlet_span room{snapshot.value, sizeof snapshot.value};
constexpr TokenId prompt[] = {1, 20, 300, 4, 500, 60, 700};

void prefill(Rig& rig) {
  ASSERT_TRUE(rig.session.prefill(prompt).ok());
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, prompt, std::size(prompt), nullptr).code,
            RINGLET_OK);
}

TEST(CSnapshot, GoesOnWhereItWasSaved) {
  Rig rig;
  prefill(rig);
  std::uint64_t most = 0;
  ASSERT_EQ(ringlet_snapshot_bytes(&rig.c_model, &rig.c_config, std::size(prompt), &most).code,
            RINGLET_OK);
  EXPECT_EQ(most, *snapshot_bytes(rig.model, rig.config, std::size(prompt)));
  ASSERT_LE(most, sizeof snapshot.value);
  std::size_t size = 0;
  ASSERT_EQ(ringlet_session_save(&rig.c_session, room, nullptr, &size).code, RINGLET_OK);
  ASSERT_EQ(ringlet_session_step(&rig.c_session, 9).code, RINGLET_OK);
  EXPECT_FALSE(rig.same_logits());
  ASSERT_EQ(ringlet_session_restore(&rig.c_session, snapshot.value, size, nullptr).code,
            RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
  EXPECT_EQ(ringlet_session_position(&rig.c_session), std::size(prompt));
  ASSERT_TRUE(rig.session.restore({snapshot.value, size}).ok());
}

TEST(CSnapshot, BringsTheSampler) {
  Rig rig;
  prefill(rig);
  ringlet_sampler sampler;
  ringlet_sampler_options options = ringlet_sampler_options_default();
  options.temperature = 1;
  options.seed = 3;
  const std::uint32_t vocab = rig.model.architecture().vocab_size;
  ASSERT_EQ(ringlet_session_sampler(&rig.c_session, &options, &sampler).code, RINGLET_OK);
  const float* logits = ringlet_session_logits(&rig.c_session);
  ringlet_sampler_sample(&sampler, logits, vocab);
  std::size_t size = 0;
  ASSERT_EQ(ringlet_session_save(&rig.c_session, room, &sampler, &size).code, RINGLET_OK);
  const ringlet_token expected = ringlet_sampler_sample(&sampler, logits, vocab);
  ASSERT_EQ(ringlet_session_restore(&rig.c_session, snapshot.value, size, &sampler).code,
            RINGLET_OK);
  EXPECT_EQ(ringlet_sampler_get_state(&sampler).draws, 1U);
  logits = ringlet_session_logits(&rig.c_session);
  EXPECT_EQ(ringlet_sampler_sample(&sampler, logits, vocab), expected);
}

TEST(CSnapshot, TellsWhatItIs) {
  Rig rig;
  prefill(rig);
  std::size_t size = 0;
  ASSERT_EQ(ringlet_session_save(&rig.c_session, room, nullptr, &size).code, RINGLET_OK);
  ringlet_snapshot_info info{};
  ASSERT_EQ(ringlet_snapshot_info_read(&info, snapshot.value, size).code, RINGLET_OK);
  EXPECT_EQ(info.model_hash, ringlet_model_hash(&rig.c_model));
  EXPECT_EQ(info.position, std::size(prompt));
  EXPECT_EQ(info.context, 64U);
  EXPECT_EQ(info.sinks, 4U);
  EXPECT_EQ(info.hot_window, 16U);
  EXPECT_EQ(info.kv.keys, RINGLET_KV_INT8);
  EXPECT_TRUE(info.has_logits);
  EXPECT_FALSE(info.has_sampler);
}

TEST(CSnapshot, RefusesWhatIsNotRight) {
  Rig rig;
  prefill(rig);
  std::size_t size = 7;
  ringlet_status status =
      ringlet_session_save(&rig.c_session, {snapshot.value, 64}, nullptr, &size);
  EXPECT_EQ(status.code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(size, 7U);
  ASSERT_EQ(ringlet_session_save(&rig.c_session, room, nullptr, &size).code, RINGLET_OK);
  snapshot.value[size / 2] ^= std::byte{1};
  status = ringlet_session_restore(&rig.c_session, snapshot.value, size, nullptr);
  EXPECT_EQ(status.code, RINGLET_CHECKSUM_MISMATCH);
  snapshot.value[4] ^= std::byte{1};
  ringlet_snapshot_info info{};
  EXPECT_NE(ringlet_snapshot_info_read(&info, snapshot.value, size).code, RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
}

TEST(CObserver, SeesWhatTheSessionComputes) {
  Rig rig;
  static int heads, layers;
  heads = layers = 0;
  const ringlet_observer observer{
      .observe =
          [](void* user_data, const ringlet_observation* seen) {
            const auto* dim = static_cast<const std::uint32_t*>(user_data);
            if (seen->tap == RINGLET_TAP_FFN_INPUT && seen->columns == *dim) ++layers;
            if (seen->tap == RINGLET_TAP_LOGITS_INPUT && seen->tokens == 1) ++heads;
          },
      .user_data = const_cast<std::uint32_t*>(&rig.model.architecture().dim)};
  ringlet_session_set_observer(&rig.c_session, &observer);
  prefill(rig);
  EXPECT_EQ(heads, 1);
  EXPECT_EQ(layers, static_cast<int>(rig.model.architecture().layers));
  ringlet_session_set_observer(&rig.c_session, nullptr);
  ASSERT_EQ(ringlet_session_step(&rig.c_session, 9).code, RINGLET_OK);
  EXPECT_EQ(heads, 1);
}

}  // namespace
}  // namespace ringlet::test
