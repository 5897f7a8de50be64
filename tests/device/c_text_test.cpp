// Text and sampling through the C interface.
#include "device/c_rig.hpp"

namespace ringlet::test {
namespace {

TEST(CApi, TokenizesAndDetokenizesAlike) {
  const Rig rig;
  const Tokenizer tokenizer = *Tokenizer::open(rig.model);
  ringlet_tokenizer c_tokenizer;
  ASSERT_EQ(ringlet_tokenizer_open(&c_tokenizer, &rig.c_model).code, RINGLET_OK);
  constexpr std::string_view text = "Once upon a time, there was a \xC3\xA9 and no more.";
  static TokenId expected[64], tokens[64];
  const auto encoded = tokenizer.encode(text, true, rig.session.tokenizer_workspace(), expected);
  ASSERT_TRUE(encoded.ok());
  ringlet_encoded c_encoded{};
  ASSERT_EQ(ringlet_tokenizer_encode(&c_tokenizer, text.data(), text.size(), true,
                                     ringlet_session_tokenizer_workspace(&rig.c_session), tokens,
                                     64, nullptr, &c_encoded)
                .code,
            RINGLET_OK);
  ASSERT_EQ(c_encoded.tokens, encoded->tokens);
  EXPECT_EQ(c_encoded.bytes, text.size());
  EXPECT_EQ(c_encoded.beginning, encoded->beginning);
  Detokenizer detokenizer(tokenizer);
  ringlet_detokenizer c_detokenizer;
  ringlet_detokenizer_begin(&c_detokenizer, &c_tokenizer, true);
  for (std::size_t i = 0; i < c_encoded.tokens; ++i) {
    const TokenId token = tokens[i];
    EXPECT_EQ(token, expected[i]);
    EXPECT_EQ(view(ringlet_tokenizer_piece(&c_tokenizer, token)), tokenizer.piece(token));
    EXPECT_EQ(view(ringlet_detokenizer_next(&c_detokenizer, token)), detokenizer.next(token));
  }
  EXPECT_EQ(view(ringlet_detokenizer_finish(&c_detokenizer)), detokenizer.finish());
}

TEST(CApi, KnowsTheVocabularyAlike) {
  const Rig rig;
  const Tokenizer tokenizer = *Tokenizer::open(rig.model);
  ringlet_tokenizer c_tokenizer;
  ASSERT_EQ(ringlet_tokenizer_open(&c_tokenizer, &rig.c_model).code, RINGLET_OK);
  EXPECT_EQ(ringlet_tokenizer_bos(&c_tokenizer), tokenizer.bos());
  EXPECT_EQ(ringlet_tokenizer_eos(&c_tokenizer), tokenizer.eos());
  EXPECT_EQ(ringlet_tokenizer_adds_bos(&c_tokenizer), tokenizer.adds_bos());
  EXPECT_TRUE(ringlet_tokenizer_ends_reply(&c_tokenizer, tokenizer.eos()));
  EXPECT_FALSE(ringlet_tokenizer_ends_reply(&c_tokenizer, 500));
  EXPECT_TRUE(ringlet_tokenizer_ends_text(&c_tokenizer, tokenizer.bos()));
  EXPECT_FALSE(ringlet_tokenizer_ends_text(&c_tokenizer, 500));
  EXPECT_EQ(ringlet_tokenizer_adds_space_prefix(&c_tokenizer), tokenizer.adds_space_prefix());
  EXPECT_TRUE(ringlet_tokenizer_is_control(&c_tokenizer, tokenizer.bos()));
  EXPECT_FALSE(ringlet_tokenizer_is_control(&c_tokenizer, 500));
  EXPECT_EQ(ringlet_tokenizer_find(&c_tokenizer, "zzzzzzzz", 8), RINGLET_NO_TOKEN);
  const std::string_view piece = tokenizer.piece(500);
  EXPECT_EQ(ringlet_tokenizer_find(&c_tokenizer, piece.data(), piece.size()),
            tokenizer.find(piece));
  std::uint8_t byte = 0, c_byte = 0;
  for (const TokenId token : {TokenId{3}, TokenId{100}, TokenId{500}}) {
    EXPECT_EQ(ringlet_tokenizer_is_byte(&c_tokenizer, token, &c_byte),
              tokenizer.is_byte(token, &byte));
    EXPECT_EQ(c_byte, byte);
  }
  EXPECT_EQ(ringlet_tokenizer_workspace_bytes(77), Tokenizer::workspace_bytes(77));
}

TEST(CApi, PrefillsATextAlike) {
  Rig rig;
  const Tokenizer tokenizer = *Tokenizer::open(rig.model);
  ringlet_tokenizer c_tokenizer;
  ASSERT_EQ(ringlet_tokenizer_open(&c_tokenizer, &rig.c_model).code, RINGLET_OK);
  const std::string_view text = "Once upon a time";
  const Result<std::uint64_t> expected = prefill_text(rig.session, tokenizer, text);
  ASSERT_TRUE(expected.ok());
  std::uint64_t tokens = 0;
  ASSERT_EQ(ringlet_session_prefill_text(&rig.c_session, &c_tokenizer, {text.data(), text.size()},
                                         nullptr, &tokens)
                .code,
            RINGLET_OK);
  EXPECT_EQ(tokens, *expected);
  EXPECT_TRUE(rig.same_logits());

  const ringlet_sampler_options sampling = ringlet_model_sampler_options(&rig.c_model);
  EXPECT_EQ(sampling.temperature, sampler_options(rig.model).temperature);
  EXPECT_EQ(sampling.repeat_penalty, sampler_options(rig.model).repeat_penalty);
  ringlet_sampler sampler;
  ASSERT_EQ(ringlet_session_sampler(&rig.c_session, &sampling, &sampler).code, RINGLET_OK);
  static ringlet_detokenizer detokenizer;
  ringlet_detokenizer_begin(&detokenizer, &c_tokenizer, true);
  ringlet_token room[9];
  ringlet_prompt_options options{};
  options.sampler = &sampler;
  options.detokenizer = &detokenizer;
  options.room = room;
  options.room_size = 9;
  options.bos = RINGLET_BOS_ALWAYS;
  ASSERT_EQ(ringlet_session_prefill_text(&rig.c_session, &c_tokenizer, {text.data(), text.size()},
                                         &options, &tokens)
                .code,
            RINGLET_OK);
  ASSERT_TRUE(prefill_text(rig.session, tokenizer, text, {.bos = Bos::always}).ok());
  EXPECT_TRUE(rig.same_logits());
  EXPECT_EQ(ringlet_sampler_recent_count(&sampler), tokens);
  EXPECT_EQ(ringlet_sampler_recent(&sampler, 0), tokenizer.bos());
}

TEST(CApi, SamplesAlike) {
  Rig rig;
  ASSERT_TRUE(rig.session.step(1).ok());
  ASSERT_EQ(ringlet_session_step(&rig.c_session, 1).code, RINGLET_OK);
  const SamplerOptions options{.temperature = 1.3F,
                               .top_k = 300,
                               .top_p = 0.9F,
                               .min_p = 0.001F,
                               .repeat_penalty = 1.2F,
                               .seed = 5};
  ringlet_sampler_options c_options = ringlet_sampler_options_default();
  EXPECT_EQ(c_options.repeat_window, options.repeat_window);
  c_options.temperature = 1.3F;
  c_options.top_k = 300;
  c_options.top_p = 0.9F;
  c_options.min_p = 0.001F;
  c_options.repeat_penalty = 1.2F;
  c_options.seed = 5;
  const std::uint32_t vocab = rig.model.architecture().vocab_size;
  EXPECT_EQ(ringlet_sampler_workspace_bytes(vocab, 64), Sampler::workspace_bytes(vocab, 64));
  Sampler sampler = *rig.session.sampler(options);
  ringlet_sampler c_sampler;
  ASSERT_EQ(ringlet_session_sampler(&rig.c_session, &c_options, &c_sampler).code, RINGLET_OK);
  const float* c_logits = ringlet_session_logits(&rig.c_session);
  sampler.observe(17);
  ringlet_sampler_observe(&c_sampler, 17);
  TokenId first = 0;
  for (int i = 0; i < 20; ++i) {
    const TokenId expected = sampler.sample(rig.session.logits());
    EXPECT_EQ(ringlet_sampler_sample(&c_sampler, c_logits, vocab), expected) << i;
    if (i == 0) first = expected;
  }
  ASSERT_EQ(ringlet_sampler_recent_count(&c_sampler), sampler.recent_count());
  EXPECT_EQ(ringlet_sampler_recent(&c_sampler, 3), sampler.recent(3));
  const ringlet_sampler_state state = ringlet_sampler_get_state(&c_sampler);
  EXPECT_EQ(state.seed, 5U);
  EXPECT_EQ(state.draws, sampler.state().draws);
  const TokenId next = ringlet_sampler_sample(&c_sampler, c_logits, vocab);
  EXPECT_EQ(sampler.sample(rig.session.logits()), next);
  ringlet_sampler_resume(&c_sampler, &state);
  EXPECT_EQ(ringlet_sampler_get_state(&c_sampler).draws, state.draws);
  ringlet_sampler_reset(&c_sampler);
  ringlet_sampler_observe(&c_sampler, 17);
  EXPECT_EQ(ringlet_sampler_sample(&c_sampler, c_logits, vocab), first);
  c_options.temperature = -1;
  const ringlet_status status = ringlet_session_sampler(&rig.c_session, &c_options, &c_sampler);
  EXPECT_EQ(std::string_view(status.where), "temperature");
}

}  // namespace
}  // namespace ringlet::test
