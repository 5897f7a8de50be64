// The C interface says and does what the C++ one does, on the bundled model.
#include <gtest/gtest.h>

#include <cstring>
#include <string_view>

#include "device/buffers.hpp"
#include "device/c_api_sizes.h"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/digest.hpp"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {
namespace {

Buffer<std::byte, std::size_t{512} * 1024> c_memory, cpp_memory;

std::string_view view(ringlet_text text) { return {text.data, text.size}; }

const ringlet_kernels* c_kernels() {
  return reinterpret_cast<const ringlet_kernels*>(kernel_sets().back());
}

/// The same model and session by both interfaces.
struct Rig {
  Rig() {
    const auto bytes = device_models[0].bytes;
    model = *Model::open(bytes);
    opened = ringlet_model_open(&c_model, bytes.data(), bytes.size());
    config.context = 64;
    config.hot_window = 16;
    c_config.context = 64;
    c_config.hot_window = 16;
    session = *Session::create(model, config, cpp_memory.value, *kernel_sets().back());
    created = ringlet_session_create(&c_session, &c_model, &c_config, c_memory.value,
                                     sizeof c_memory.value, c_kernels(), nullptr);
  }

  Model model;
  Config config;
  Session session;
  ringlet_model c_model{};
  ringlet_config c_config = ringlet_default_config();
  ringlet_session c_session{};
  ringlet_status opened{};
  ringlet_status created{};

  [[nodiscard]] bool same_logits() const {
    const auto logits = session.logits();
    const float* c_logits = ringlet_session_logits(&c_session);
    if (logits.empty() || c_logits == nullptr) return logits.empty() && c_logits == nullptr;
    return std::memcmp(c_logits, logits.data(), logits.size_bytes()) == 0;
  }
};

TEST(CApi, StructsLieTheSameInCAndCpp) {
  const c_layout expected[] = {
      {sizeof(ringlet_status), offsetof(ringlet_status, has_numbers)},
      {sizeof(ringlet_text), offsetof(ringlet_text, size)},
      {sizeof(ringlet_span), offsetof(ringlet_span, size)},
      {sizeof(ringlet_kv_formats), offsetof(ringlet_kv_formats, values)},
      {sizeof(ringlet_architecture), offsetof(ringlet_architecture, tied_head)},
      {sizeof(ringlet_sampling_defaults), offsetof(ringlet_sampling_defaults, repeat_penalty)},
      {sizeof(ringlet_model), offsetof(ringlet_model, opaque)},
      {sizeof(ringlet_config), offsetof(ringlet_config, allow_longer_context)},
      {sizeof(ringlet_section), offsetof(ringlet_section, last_step)},
      {sizeof(ringlet_plan), offsetof(ringlet_plan, sections)},
      {sizeof(ringlet_team), offsetof(ringlet_team, run)},
      {sizeof(ringlet_execution), offsetof(ringlet_execution, prefetch_bytes)},
      {sizeof(ringlet_progress), offsetof(ringlet_progress, context)},
      {sizeof(ringlet_session), offsetof(ringlet_session, state)},
      {sizeof(ringlet_tokenizer), offsetof(ringlet_tokenizer, opaque)},
      {sizeof(ringlet_encoded), offsetof(ringlet_encoded, bytes)},
      {sizeof(ringlet_detokenizer), offsetof(ringlet_detokenizer, opaque)},
      {sizeof(ringlet_sampler_options), offsetof(ringlet_sampler_options, seed)},
      {sizeof(ringlet_sampler), offsetof(ringlet_sampler, opaque)},
  };
  static_assert(std::size(expected) == c_layout_count);
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(c_layouts[i].size, expected[i].size) << i;
    EXPECT_EQ(c_layouts[i].last_field, expected[i].last_field) << i;
  }
}

TEST(CApi, NumbersOfErrorsAndFormatsAreTheSame) {
  EXPECT_EQ(static_cast<int>(RINGLET_OK), static_cast<int>(ErrorCode::ok));
  EXPECT_EQ(static_cast<int>(RINGLET_INVALID_MODEL), static_cast<int>(ErrorCode::invalid_model));
  EXPECT_EQ(static_cast<int>(RINGLET_NOT_ENOUGH_MEMORY),
            static_cast<int>(ErrorCode::not_enough_memory));
  EXPECT_EQ(static_cast<int>(RINGLET_CHECKSUM_MISMATCH),
            static_cast<int>(ErrorCode::checksum_mismatch));
  EXPECT_EQ(static_cast<int>(RINGLET_CANCELLED), static_cast<int>(ErrorCode::cancelled));
  for (const KvFormat format : {KvFormat::f32, KvFormat::f16, KvFormat::int8, KvFormat::int4}) {
    const auto c_format = static_cast<ringlet_kv_format>(format);
    EXPECT_EQ(std::string_view(ringlet_kv_format_name(c_format)), name_of(format));
  }
  EXPECT_EQ(RINGLET_KV_INT4, static_cast<ringlet_kv_format>(KvFormat::int4));
}

TEST(CApi, DescribesTheModelAlike) {
  const Rig rig;
  ASSERT_EQ(rig.opened.code, RINGLET_OK);
  ASSERT_EQ(ringlet_model_verify_data(&rig.c_model, nullptr, nullptr).code, RINGLET_OK);
  const Architecture& a = rig.model.architecture();
  const ringlet_architecture c = ringlet_model_architecture(&rig.c_model);
  EXPECT_EQ(c.vocab_size, a.vocab_size);
  EXPECT_EQ(c.dim, a.dim);
  EXPECT_EQ(c.hidden_dim, a.hidden_dim);
  EXPECT_EQ(c.layers, a.layers);
  EXPECT_EQ(c.heads, a.heads);
  EXPECT_EQ(c.kv_heads, a.kv_heads);
  EXPECT_EQ(c.head_dim, a.head_dim);
  EXPECT_EQ(c.rotary_dim, a.rotary_dim);
  EXPECT_EQ(c.context, a.context);
  EXPECT_EQ(c.norm_epsilon, a.norm_epsilon);
  EXPECT_EQ(c.attention_scale, a.attention_scale);
  EXPECT_EQ(c.tied_head, a.tied_head);
  EXPECT_EQ(ringlet_model_sampling(&rig.c_model).top_p, rig.model.sampling().top_p);
  EXPECT_EQ(ringlet_model_sampling(&rig.c_model).temperature, rig.model.sampling().temperature);
  EXPECT_EQ(ringlet_model_window(&rig.c_model, 1), rig.model.window(1));
  EXPECT_EQ(static_cast<int>(ringlet_model_recommended_kv(&rig.c_model, 1).values),
            static_cast<int>(rig.model.recommended_kv(1).values));
  EXPECT_EQ(ringlet_model_bytes(&rig.c_model).size, rig.model.bytes().size());
  EXPECT_EQ(ringlet_model_data(&rig.c_model).size, rig.model.data().size());
}

TEST(CApi, PlansAlike) {
  const Rig rig;
  static ringlet_plan c_plan;
  ASSERT_EQ(ringlet_make_plan(&rig.c_model, &rig.c_config, &c_plan).code, RINGLET_OK);
  const MemoryPlan expected = rig.session.memory_plan();
  EXPECT_EQ(c_plan.total, expected.total());
  ASSERT_EQ(c_plan.count, expected.sections().size());
  for (std::uint32_t i = 0; i < c_plan.count; ++i) {
    const Section& section = expected.sections()[i];
    EXPECT_EQ(std::string_view(c_plan.sections[i].name), section.name);
    EXPECT_EQ(c_plan.sections[i].offset, section.offset);
    EXPECT_EQ(c_plan.sections[i].bytes, section.bytes);
    EXPECT_EQ(c_plan.sections[i].last_step, section.last_step);
  }
  ASSERT_TRUE(ringlet_plan_find(&c_plan, "logits") != nullptr);
  EXPECT_EQ(ringlet_plan_find(&c_plan, "logits")->offset, expected.find("logits")->offset);
  EXPECT_TRUE(ringlet_plan_find(&c_plan, "no such section") == nullptr);
  EXPECT_EQ(ringlet_longest_context(&rig.c_model, &rig.c_config, c_plan.total),
            longest_context(rig.model, rig.config, expected.total()));
  ringlet_session_plan(&rig.c_session, &c_plan);
  EXPECT_EQ(c_plan.total, expected.total());
}

TEST(CApi, DecodesTheSameBits) {
  Rig rig;
  ASSERT_EQ(rig.created.code, RINGLET_OK);
  EXPECT_TRUE(rig.same_logits()) << "none yet";
  const TokenId prompt[] = {1, 20, 300, 4, 500, 60, 700};
  ASSERT_TRUE(rig.session.prefill(prompt).ok());
  ASSERT_EQ(ringlet_session_prefill(&rig.c_session, prompt, std::size(prompt), nullptr).code,
            RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
  ASSERT_TRUE(rig.session.step(99).ok());
  ASSERT_EQ(ringlet_session_step(&rig.c_session, 99).code, RINGLET_OK);
  EXPECT_TRUE(rig.same_logits());
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 8U);
  EXPECT_EQ(ringlet_session_truncate(&rig.c_session, 7).code, RINGLET_OK);
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 7U);
  EXPECT_TRUE(ringlet_session_logits(&rig.c_session) == nullptr);
  ringlet_session_reset(&rig.c_session);
  EXPECT_EQ(ringlet_session_position(&rig.c_session), 0U);
  EXPECT_EQ(ringlet_session_config(&rig.c_session).hot_window, 16U);
  const ringlet_model model = ringlet_session_model(&rig.c_session);
  EXPECT_EQ(ringlet_model_bytes(&model).size, rig.model.bytes().size());
}

TEST(CApi, HasTheSameDigestAndExecution) {
  Rig rig;
  std::uint64_t value = 0;
  const ringlet_execution execution = ringlet_default_execution();
  EXPECT_EQ(execution.prefetch_bytes, Execution{}.prefetch_bytes);
  ASSERT_EQ(ringlet_session_set_execution(&rig.c_session, &execution).code, RINGLET_OK);
  ASSERT_EQ(ringlet_digest(&rig.c_session, 20, 4, &value).code, RINGLET_OK);
  const auto expected = digest(rig.session, {.tokens = 20, .chunk = 1});
  ASSERT_TRUE(expected.ok());
  EXPECT_EQ(value, *expected);
  EXPECT_EQ(std::string_view(ringlet_kernels_name(c_kernels())), kernel_sets().back()->name);
  EXPECT_EQ(ringlet_kernels_self_test(c_kernels()), self_test(*kernel_sets().back()));
  EXPECT_EQ(std::string_view(ringlet_kernels_name(ringlet_scalar_kernels())), "scalar");
}

TEST(CApi, UsesTheTeamAndTellsTheProgress) {
  Rig rig;
  static int runs, reports;
  runs = reports = 0;
  const ringlet_team team{.lanes = 1,
                          .self = &runs,
                          .run = [](void* self, std::uint32_t lanes,
                                    void (*work)(void*, std::uint32_t), void* argument) {
                            ++*static_cast<int*>(self);
                            for (std::uint32_t lane = 0; lane < lanes; ++lane) work(argument, lane);
                          }};
  ASSERT_EQ(ringlet_session_create(&rig.c_session, &rig.c_model, &rig.c_config, c_memory.value,
                                   sizeof c_memory.value, c_kernels(), &team)
                .code,
            RINGLET_OK);
  ringlet_token prompt[40] = {};
  const ringlet_progress stop_at_once{.report =
                                          [](void* context, std::uint64_t, std::uint64_t total) {
                                            ++*static_cast<int*>(context);
                                            return total != 40;
                                          },
                                      .context = &reports};
  const ringlet_status status = ringlet_session_prefill(&rig.c_session, prompt, 40, &stop_at_once);
  EXPECT_EQ(status.code, RINGLET_CANCELLED);
  EXPECT_EQ(status.actual, 16U);
  EXPECT_EQ(reports, 1);
  EXPECT_GT(runs, 0);
}

TEST(CApi, ReportsErrorsInOneLine) {
  Rig rig;
  char line[160];
  ringlet_config config = rig.c_config;
  config.context = 100000;
  ringlet_plan* const untouched = nullptr;
  ringlet_status status = ringlet_make_plan(&rig.c_model, &config, untouched);
  EXPECT_EQ(status.code, RINGLET_INVALID_ARGUMENT);
  const std::size_t written = ringlet_describe(&status, line, sizeof line);
  EXPECT_EQ(written, std::strlen(line));
  EXPECT_EQ(std::string_view(line),
            "context: is longer than the model was trained on; allow_longer_context overrides "
            "(needed 512, got 100000)");
  EXPECT_EQ(ringlet_describe(&status, line, 8), 7U);
  EXPECT_EQ(std::string_view(line), "context");
  EXPECT_EQ(ringlet_describe(&status, line, 0), 0U);

  config = rig.c_config;
  config.kv.keys = RINGLET_KV_INT8;  // and recommended values
  status = ringlet_make_plan(&rig.c_model, &config, untouched);
  EXPECT_EQ(std::string_view(status.where), "kv");
  status = ringlet_session_create(&rig.c_session, &rig.c_model, &rig.c_config, c_memory.value, 4096,
                                  c_kernels(), nullptr);
  EXPECT_EQ(status.code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_TRUE(status.has_numbers);
  EXPECT_EQ(status.actual, 4096U);
  alignas(64) const char nothing[64] = {};
  status = ringlet_model_open(&rig.c_model, nothing, sizeof nothing);
  EXPECT_EQ(status.code, RINGLET_INVALID_MODEL);
}

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
  ASSERT_EQ(
      ringlet_encode(&c_tokenizer, text.data(), text.size(), true,
                     ringlet_session_tokenizer_workspace(&rig.c_session), tokens, 64, &c_encoded)
          .code,
      RINGLET_OK);
  ASSERT_EQ(c_encoded.tokens, encoded->tokens);
  EXPECT_EQ(c_encoded.bytes, text.size());
  Detokenizer detokenizer(tokenizer);
  ringlet_detokenizer c_detokenizer;
  ringlet_detokenizer_begin(&c_detokenizer, &c_tokenizer);
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
  ringlet_sampler_options c_options = ringlet_default_sampler_options();
  EXPECT_EQ(c_options.repeat_window, options.repeat_window);
  c_options.temperature = 1.3F;
  c_options.top_k = 300;
  c_options.top_p = 0.9F;
  c_options.min_p = 0.001F;
  c_options.repeat_penalty = 1.2F;
  c_options.seed = 5;
  const std::uint32_t vocab = rig.model.architecture().vocab_size;
  EXPECT_EQ(ringlet_sampler_workspace_bytes(vocab, 64), Sampler::workspace_bytes(vocab, 64));
  Sampler sampler = *Sampler::create(options, vocab, rig.session.sampler_workspace());
  ringlet_sampler c_sampler;
  ASSERT_EQ(ringlet_sampler_create(&c_sampler, &c_options, vocab,
                                   ringlet_session_sampler_workspace(&rig.c_session))
                .code,
            RINGLET_OK);
  const float* c_logits = ringlet_session_logits(&rig.c_session);
  sampler.observe(17);
  ringlet_sampler_observe(&c_sampler, 17);
  TokenId first = 0;
  for (int i = 0; i < 20; ++i) {
    const TokenId expected = sampler.sample(rig.session.logits());
    EXPECT_EQ(ringlet_sampler_sample(&c_sampler, c_logits, vocab), expected) << i;
    if (i == 0) first = expected;
  }
  ringlet_sampler_reset(&c_sampler);
  ringlet_sampler_observe(&c_sampler, 17);
  EXPECT_EQ(ringlet_sampler_sample(&c_sampler, c_logits, vocab), first);
  c_options.temperature = -1;
  const ringlet_status status = ringlet_sampler_create(
      &c_sampler, &c_options, vocab, ringlet_session_sampler_workspace(&rig.c_session));
  EXPECT_EQ(std::string_view(status.where), "temperature");
}

}  // namespace
}  // namespace ringlet::test
