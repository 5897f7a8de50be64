/* Tells a story, and prints the memory that it takes and the digest, which is the same on every
   processor. Firmware replaces printf() by its console. */
#include <stdio.h>

#include "ringlet/ringlet.h"

extern const unsigned char storyteller_model[], storyteller_model_end[];

/* All memory that the library uses. The plan's total is its exact size. */
static uint64_t ram[256 * 1024 / 8] __attribute__((aligned(64)));

static ringlet_model storyteller;
static ringlet_plan plan;
static ringlet_session session;
static ringlet_tokenizer tokenizer;
static ringlet_detokenizer detokenizer;
static ringlet_sampler sampler;

static ringlet_status begin(void) {
  ringlet_config config = ringlet_config_default();
  config.context = 128;
  config.kv.keys = config.kv.values = RINGLET_KV_INT8;
  config.prefill_chunk = 8;
  config.longest_word = 64;
  const size_t bytes = (size_t)(storyteller_model_end - storyteller_model);
  ringlet_status status = ringlet_model_open(&storyteller, storyteller_model, bytes);
  if (status.code == RINGLET_OK) status = ringlet_plan_create(&storyteller, &config, &plan);
  if (status.code == RINGLET_OK) {
    status = ringlet_session_create(&session, &storyteller, &config, ram, sizeof ram,
                                    ringlet_kernels_baseline(), NULL);
  }
  if (status.code == RINGLET_OK) status = ringlet_tokenizer_open(&tokenizer, &storyteller);
  return status;
}

static ringlet_status print_digest(void) {
  const ringlet_digest_options options = ringlet_digest_options_default();
  uint64_t digest = 0;
  const ringlet_status status = ringlet_session_digest(&session, &options, &digest);
  if (status.code == RINGLET_OK) {
    printf("kernels %s, RAM %lu bytes, digest %08lx%08lx\n",
           ringlet_kernels_name(ringlet_kernels_baseline()), (unsigned long)plan.total,
           (unsigned long)(digest >> 32), (unsigned long)(digest & 0xFFFFFFFFU));
  }
  return status;
}

static void print(ringlet_text text) { printf("%.*s", (int)text.size, text.data); }

static ringlet_status tell(const char* prompt, size_t size) {
  const ringlet_sampler_options options = ringlet_model_sampler_options(&storyteller);
  const size_t words = ringlet_model_architecture(&storyteller).vocab_size;
  const ringlet_text text = {prompt, size};
  ringlet_session_reset(&session);
  ringlet_status status = ringlet_session_sampler(&session, &options, &sampler);
  if (status.code != RINGLET_OK) return status;
  ringlet_detokenizer_begin(&detokenizer, &tokenizer, true);
  const ringlet_prompt_options prompt_options = {.sampler = &sampler, .detokenizer = &detokenizer};
  status = ringlet_session_prefill_text(&session, &tokenizer, text, &prompt_options, NULL);
  print(text);
  for (int i = 0; i < 60 && status.code == RINGLET_OK; ++i) {
    const ringlet_token token =
        ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), words);
    if (ringlet_tokenizer_ends_reply(&tokenizer, token)) break;
    print(ringlet_detokenizer_next(&detokenizer, token));
    status = ringlet_session_step(&session, token);
  }
  print(ringlet_detokenizer_finish(&detokenizer));
  printf("\n");
  return status;
}

int main(void) {
  static const char prompt[] = "Once upon a time";
  ringlet_status status = begin();
  if (status.code == RINGLET_OK) status = print_digest();
  if (status.code == RINGLET_OK) status = tell(prompt, sizeof prompt - 1);
  if (status.code != RINGLET_OK) {
    char line[256];
    ringlet_status_describe(&status, line, sizeof line);
    printf("%s\n", line);
  }
  return (int)status.code;
}
