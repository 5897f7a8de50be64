// The C interface gives the same results as the C++ one, on the bundled model.
#include "device/c_api_sizes.h"
#include "device/c_rig.hpp"

namespace ringlet::test {
namespace {

TEST(CApi, StructsLieTheSameInCAndCpp) {
  const c_layout expected[] = {
      {sizeof(ringlet_status), offsetof(ringlet_status, numbers)},
      {sizeof(ringlet_text), offsetof(ringlet_text, size)},
      {sizeof(ringlet_bytes), offsetof(ringlet_bytes, size)},
      {sizeof(ringlet_span), offsetof(ringlet_span, size)},
      {sizeof(ringlet_kv_formats), offsetof(ringlet_kv_formats, values)},
      {sizeof(ringlet_architecture), offsetof(ringlet_architecture, learned_positions)},
      {sizeof(ringlet_sampling_defaults), offsetof(ringlet_sampling_defaults, repeat_penalty)},
      {sizeof(ringlet_model), offsetof(ringlet_model, opaque)},
      {sizeof(ringlet_signature_check), offsetof(ringlet_signature_check, user_data)},
      {sizeof(ringlet_config), offsetof(ringlet_config, token_trie_bytes)},
      {sizeof(ringlet_section), offsetof(ringlet_section, permanent)},
      {sizeof(ringlet_plan), offsetof(ringlet_plan, sections)},
      {sizeof(ringlet_team), offsetof(ringlet_team, run)},
      {sizeof(ringlet_execution), offsetof(ringlet_execution, prefetch_bytes)},
      {sizeof(ringlet_progress), offsetof(ringlet_progress, user_data)},
      {sizeof(ringlet_session), offsetof(ringlet_session, state)},
      {sizeof(ringlet_tokenizer), offsetof(ringlet_tokenizer, opaque)},
      {sizeof(ringlet_encoded), offsetof(ringlet_encoded, beginning)},
      {sizeof(ringlet_detokenizer), offsetof(ringlet_detokenizer, opaque)},
      {sizeof(ringlet_sampler_options), offsetof(ringlet_sampler_options, seed)},
      {sizeof(ringlet_sampler), offsetof(ringlet_sampler, opaque)},
      {sizeof(ringlet_control_tokens), offsetof(ringlet_control_tokens, literal_is_plain)},
      {sizeof(ringlet_sampler_state), offsetof(ringlet_sampler_state, draws)},
      {sizeof(ringlet_digest_options), offsetof(ringlet_digest_options, from_start)},
      {sizeof(ringlet_snapshot_info), offsetof(ringlet_snapshot_info, has_sampler)},
      {sizeof(ringlet_chat_format), offsetof(ringlet_chat_format, opaque)},
      {sizeof(ringlet_chat_turn), offsetof(ringlet_chat_turn, control_tokens)},
      {sizeof(ringlet_observation), offsetof(ringlet_observation, session)},
      {sizeof(ringlet_observer), offsetof(ringlet_observer, user_data)},
      {sizeof(ringlet_not_finite), offsetof(ringlet_not_finite, layer)},
      {sizeof(ringlet_matrix_product), offsetof(ringlet_matrix_product, y_stride)},
      {sizeof(ringlet_accelerator), offsetof(ringlet_accelerator, user_data)},
      {sizeof(ringlet_prompt_options), offsetof(ringlet_prompt_options, bos)},
      {sizeof(ringlet_drafter), offsetof(ringlet_drafter, user_data)},
      {sizeof(ringlet_lookup), offsetof(ringlet_lookup, opaque)},
      {sizeof(ringlet_draft_model), offsetof(ringlet_draft_model, opaque)},
      {sizeof(ringlet_draft_text), offsetof(ringlet_draft_text, opaque)},
      {sizeof(ringlet_draft_length), offsetof(ringlet_draft_length, opaque)},
      {sizeof(ringlet_token_sink), offsetof(ringlet_token_sink, user_data)},
      {sizeof(ringlet_round), offsetof(ringlet_round, ended)},
      {sizeof(ringlet_pool_config), offsetof(ringlet_pool_config, branch_pages)},
      {sizeof(ringlet_pool), offsetof(ringlet_pool, state)},
      {sizeof(ringlet_pool_row), offsetof(ringlet_pool_row, logits)},
      {sizeof(ringlet_grammar), offsetof(ringlet_grammar, opaque)},
      {sizeof(ringlet_word_list), offsetof(ringlet_word_list, count)},
      {sizeof(ringlet_word_lists), offsetof(ringlet_word_lists, opaque)},
      {sizeof(ringlet_token_trie), offsetof(ringlet_token_trie, opaque)},
      {sizeof(ringlet_grammar_options), offsetof(ringlet_grammar_options, span_bytes)},
      {sizeof(ringlet_grammar_state), offsetof(ringlet_grammar_state, state)},
      {sizeof(ringlet_confidence), offsetof(ringlet_confidence, allowed)},
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
  EXPECT_EQ(static_cast<int>(RINGLET_INVALID_SNAPSHOT),
            static_cast<int>(ErrorCode::invalid_snapshot));
  EXPECT_EQ(static_cast<int>(RINGLET_NOT_FINITE), static_cast<int>(ErrorCode::not_finite));
  EXPECT_EQ(static_cast<int>(RINGLET_NOT_TRUSTED), static_cast<int>(ErrorCode::not_trusted));
  EXPECT_EQ(static_cast<int>(RINGLET_NORM_LAYER), static_cast<int>(NormKind::layer));
  EXPECT_EQ(static_cast<int>(RINGLET_GELU_ERF), static_cast<int>(Activation::gelu_erf));
  EXPECT_EQ(static_cast<int>(RINGLET_TAP_LOGITS), static_cast<int>(Tap::logits));
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
  const ringlet_bytes whole = ringlet_model_bytes(&rig.c_model);
  std::uint64_t bytes = 0;
  ASSERT_EQ(ringlet_model_file_bytes(whole.data, 64, &bytes).code, RINGLET_OK);
  EXPECT_EQ(bytes, whole.size);
  EXPECT_EQ(ringlet_model_file_bytes(whole.data, 63, &bytes).code, RINGLET_INVALID_MODEL);
  EXPECT_EQ(bytes, whole.size);
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
  EXPECT_EQ(c.trained_context, a.trained_context);
  EXPECT_EQ(c.norm_epsilon, a.norm_epsilon);
  EXPECT_EQ(c.attention_scale, a.attention_scale);
  EXPECT_EQ(c.tied_embedding, a.tied_embedding);
  EXPECT_EQ(static_cast<int>(c.norm), static_cast<int>(a.norm));
  EXPECT_EQ(static_cast<int>(c.activation), static_cast<int>(a.activation));
  EXPECT_EQ(c.embedding_scale, a.embedding_scale);
  EXPECT_EQ(c.attention_softcap, a.attention_softcap);
  EXPECT_EQ(c.logit_softcap, a.logit_softcap);
  EXPECT_EQ(c.rotary_scale, a.rotary_scale);
  EXPECT_EQ(c.local_rotary, a.local_rotary);
  EXPECT_EQ(c.learned_positions, a.learned_positions);
  EXPECT_EQ(c.residual_scale, a.residual_scale);
  EXPECT_EQ(c.parallel_blocks, a.parallel_blocks);
  EXPECT_EQ(c.norm_after_rotary, a.norm_after_rotary);
  EXPECT_EQ(c.query_growth, a.query_growth);
  EXPECT_EQ(c.query_growth_length, a.query_growth_length);
  EXPECT_EQ(c.convolution, a.convolution);
  EXPECT_EQ(c.state_heads, a.state_heads);
  EXPECT_EQ(c.state_key_heads, a.state_key_heads);
  EXPECT_EQ(c.state_head_dim, a.state_head_dim);
  EXPECT_EQ(c.state_key_dim, a.state_key_dim);
  EXPECT_EQ(c.attended_gate, a.attended_gate);
  EXPECT_EQ(ringlet_model_hash(&rig.c_model), rig.model.hash());
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
  ASSERT_EQ(ringlet_plan_create(&rig.c_model, &rig.c_config, &c_plan).code, RINGLET_OK);
  const MemoryPlan expected = rig.session.memory_plan();
  EXPECT_EQ(c_plan.total, expected.total());
  ASSERT_EQ(c_plan.count, expected.sections().size());
  for (std::uint32_t i = 0; i < c_plan.count; ++i) {
    const Section& section = expected.sections()[i];
    EXPECT_EQ(std::string_view(ringlet_section_name(c_plan.sections[i].id)), name_of(section.id));
    EXPECT_EQ(c_plan.sections[i].offset, section.offset);
    EXPECT_EQ(c_plan.sections[i].bytes, section.bytes);
    EXPECT_EQ(std::string_view(ringlet_stage_name(c_plan.sections[i].last_stage)),
              name_of(section.last_stage));
    EXPECT_EQ(c_plan.sections[i].permanent, section.permanent);
  }
  ASSERT_TRUE(ringlet_plan_find(&c_plan, RINGLET_SECTION_LOGITS) != nullptr);
  EXPECT_EQ(ringlet_plan_find(&c_plan, RINGLET_SECTION_LOGITS)->offset,
            expected.find(SectionId::logits)->offset);
  EXPECT_TRUE(ringlet_plan_find(&c_plan, RINGLET_SECTION_ACCELERATOR) == nullptr);
  EXPECT_EQ(ringlet_plan_longest_context(&rig.c_model, &rig.c_config, c_plan.total),
            longest_context(rig.model, rig.config, expected.total()));
  ringlet_session_plan(&rig.c_session, &c_plan);
  EXPECT_EQ(c_plan.total, expected.total());
}

TEST(CApi, ReportsErrorsInOneLine) {
  Rig rig;
  char line[160];
  ringlet_config config = rig.c_config;
  config.context = 100000;
  ringlet_plan* const untouched = nullptr;
  ringlet_status status = ringlet_plan_create(&rig.c_model, &config, untouched);
  EXPECT_EQ(status.code, RINGLET_INVALID_ARGUMENT);
  const std::size_t written = ringlet_status_describe(&status, line, sizeof line);
  EXPECT_EQ(written, std::strlen(line));
  EXPECT_EQ(std::string_view(line),
            "allow_longer_context: must be set for a context longer than the model was trained on "
            "(at most 512, got 100,000); context 512 would fit");
  EXPECT_EQ(status.numbers, RINGLET_NUMBERS_AT_MOST);
  EXPECT_EQ(std::string_view(status.setting), "context");
  EXPECT_EQ(status.suggestion, 512U);
  EXPECT_EQ(ringlet_status_describe(&status, line, 8), 7U);
  EXPECT_EQ(std::string_view(line), "allow_l");
  EXPECT_EQ(ringlet_status_describe(&status, line, 0), 0U);

  config = rig.c_config;
  config.kv.keys = RINGLET_KV_INT8;  // and recommended values
  status = ringlet_plan_create(&rig.c_model, &config, untouched);
  EXPECT_EQ(std::string_view(status.where), "kv");
  status = ringlet_session_create(&rig.c_session, &rig.c_model, &rig.c_config, c_memory.value, 4096,
                                  c_kernels(), nullptr);
  EXPECT_EQ(status.code, RINGLET_NOT_ENOUGH_MEMORY);
  EXPECT_EQ(status.numbers, RINGLET_NUMBERS_NEEDS);
  EXPECT_EQ(status.actual, 4096U);
  alignas(64) const char nothing[64] = {};
  status = ringlet_model_open(&rig.c_model, nothing, sizeof nothing);
  EXPECT_EQ(status.code, RINGLET_INVALID_MODEL);
}

}  // namespace
}  // namespace ringlet::test
