#include "story.h"

#include "ringlet/ringlet.h"

extern const unsigned char storyteller_model[], storyteller_model_end[];

/* All memory that the library uses: what `ringlet plan` says of the configuration below. */
static uint64_t ram[192448 / 8] __attribute__((aligned(64)));

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

static void print(void (*write)(const char*), ringlet_text text) {
  while (text.size > 0) {
    char piece[64];
    size_t n = 0;
    while (n < text.size && n + 1 < sizeof piece) {
      piece[n] = text.data[n];
      ++n;
    }
    piece[n] = 0;
    write(piece);
    text.data += n;
    text.size -= n;
  }
}

static void print_number(void (*write)(const char*), uint64_t number, unsigned base) {
  char digits[24];
  size_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  write(digits + at);
}

static ringlet_status print_digest(void (*write)(const char*)) {
  const ringlet_digest_options options = ringlet_digest_options_default();
  uint64_t digest = 0;
  const ringlet_status status = ringlet_session_digest(&session, &options, &digest);
  if (status.code == RINGLET_OK) {
    write("kernels ");
    write(ringlet_kernels_name(ringlet_kernels_baseline()));
    write(", RAM ");
    print_number(write, plan.total, 10);
    write(" bytes, digest ");
    print_number(write, digest, 16);
    write("\n");
  }
  return status;
}

static ringlet_status tell(void (*write)(const char*), const char* prompt, size_t size) {
  ringlet_sampler_options options = ringlet_model_sampler_options(&storyteller);
  const size_t words = ringlet_model_architecture(&storyteller).vocab_size;
  const ringlet_text text = {prompt, size};
  options.seed = 1;
  ringlet_session_reset(&session);
  ringlet_status status = ringlet_session_sampler(&session, &options, &sampler);
  if (status.code != RINGLET_OK) return status;
  ringlet_detokenizer_begin(&detokenizer, &tokenizer, true);
  const ringlet_prompt_options prompt_options = {.sampler = &sampler, .detokenizer = &detokenizer};
  status = ringlet_session_prefill_text(&session, &tokenizer, text, &prompt_options, NULL);
  print(write, text);
  for (int i = 0; i < 60 && status.code == RINGLET_OK; ++i) {
    const ringlet_token token =
        ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), words);
    if (ringlet_tokenizer_ends_reply(&tokenizer, token)) break;
    print(write, ringlet_detokenizer_next(&detokenizer, token));
    status = ringlet_session_step(&session, token);
  }
  print(write, ringlet_detokenizer_finish(&detokenizer));
  write("\n");
  return status;
}

int tell_story(void (*write)(const char*)) {
  static const char prompt[] = "Once upon a time";
  ringlet_status status = begin();
  if (status.code == RINGLET_OK) status = print_digest(write);
  if (status.code == RINGLET_OK) status = tell(write, prompt, sizeof prompt - 1);
  if (status.code != RINGLET_OK) {
    char line[200];
    ringlet_status_describe(&status, line, sizeof line);
    write(line);
    write("\n");
  }
  return (int)status.code;
}
