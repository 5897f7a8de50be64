/* The same story by a firmware in C: the whole way from a model in flash to text through ringlet.h.
 */
#include "board.h"
#include "ringlet/ringlet.h"
#include "storyteller.h" /* made by ringlet_add_model() */

#if defined(__ARM_FEATURE_MVE)
#define BOARD_KERNELS ringlet_helium_kernels
#elif defined(__ARM_NEON)
#define BOARD_KERNELS ringlet_neon_kernels
#elif defined(__ARM_FEATURE_DSP)
#define BOARD_KERNELS ringlet_dsp_kernels
#else
#define BOARD_KERNELS ringlet_scalar_kernels
#endif

enum { prompt_capacity = 32, story_tokens = 120, saved_at = 60 };
static const char prompt[] = "Once upon a time";

/* All the memory that the library ever uses. */
static uint64_t ram[(RINGLET_STORYTELLER_RAM_BYTES + 7) / 8]
    __attribute__((aligned(RINGLET_STORYTELLER_RAM_ALIGNMENT)));

/* The session halfway through its story, as it would be kept over a night without power. */
static uint64_t image[(RINGLET_STORYTELLER_IMAGE_BYTES + 7) / 8];

static ringlet_model model;
static ringlet_session session;
static ringlet_tokenizer tokenizer;
static ringlet_detokenizer detokenizer;
static ringlet_sampler sampler;

static void print(ringlet_text text) {
  char piece[64];
  while (text.size > 0) {
    size_t n = 0;
    while (n < text.size && n < sizeof piece - 1) {
      piece[n] = text.data[n];
      ++n;
    }
    piece[n] = 0;
    ringlet_board_write(piece);
    text.data += n;
    text.size -= n;
  }
}

static ringlet_status make_session(void) {
  const ringlet_config config = ringlet_config_storyteller();
  return ringlet_session_create(&session, &model, &config, ram, sizeof ram, BOARD_KERNELS(), NULL);
}

static ringlet_status make_sampler(void) {
  const ringlet_sampling_defaults defaults = ringlet_model_sampling(&model);
  ringlet_sampler_options options = ringlet_default_sampler_options();
  options.temperature = defaults.temperature;
  options.top_k = defaults.top_k;
  options.top_p = defaults.top_p;
  options.min_p = defaults.min_p;
  options.repeat_penalty = defaults.repeat_penalty;
  options.seed = 1;
  return ringlet_sampler_create(&sampler, &options, ringlet_model_architecture(&model).vocab_size,
                                ringlet_session_sampler_workspace(&session));
}

/* Everything up to the first token. */
static ringlet_status set_up(void) {
  ringlet_status status =
      ringlet_model_open(&model, ringlet_model_storyteller, RINGLET_STORYTELLER_FLASH_BYTES);
  if (status.code == RINGLET_OK) status = ringlet_model_verify_data(&model, NULL, NULL);
  if (status.code == RINGLET_OK) status = make_session();
  if (status.code == RINGLET_OK) status = make_sampler();
  if (status.code == RINGLET_OK) status = ringlet_tokenizer_open(&tokenizer, &model);
  return status;
}

static ringlet_status read_prompt(void) {
  ringlet_token tokens[prompt_capacity];
  size_t count = 0;
  if (ringlet_tokenizer_adds_bos(&tokenizer)) tokens[count++] = ringlet_tokenizer_bos(&tokenizer);
  ringlet_encoded encoded;
  ringlet_status status = ringlet_encode(&tokenizer, prompt, sizeof prompt - 1, true,
                                         ringlet_session_tokenizer_workspace(&session),
                                         tokens + count, prompt_capacity - count, NULL, &encoded);
  if (status.code != RINGLET_OK) return status;
  count += encoded.tokens;
  ringlet_detokenizer_begin(&detokenizer, &tokenizer, true);
  for (size_t i = 0; i < count; ++i) {
    ringlet_sampler_observe(&sampler, tokens[i]);
    ringlet_detokenizer_next(&detokenizer, tokens[i]);
  }
  ringlet_board_write(prompt);
  return ringlet_session_prefill(&session, tokens, count, NULL);
}

/* Saves session and sampler, makes both anew and goes on where they were. */
static ringlet_status sleep_and_wake(void) {
  const ringlet_span room = {image, sizeof image};
  size_t size = 0;
  ringlet_status status = ringlet_session_save(&session, room, &sampler, &size);
  if (status.code == RINGLET_OK) status = make_session();
  if (status.code == RINGLET_OK) status = make_sampler();
  if (status.code != RINGLET_OK) return status;
  return ringlet_session_restore(&session, image, size, &sampler);
}

static ringlet_status tell(void) {
  const size_t vocab_size = ringlet_model_architecture(&model).vocab_size;
  ringlet_status status = read_prompt();
  for (int i = 0; i < story_tokens && status.code == RINGLET_OK; ++i) {
    if (i == saved_at) status = sleep_and_wake();
    if (status.code != RINGLET_OK) break;
    const ringlet_token token =
        ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), vocab_size);
    if (ringlet_tokenizer_ends_reply(&tokenizer, token)) break;
    status = ringlet_session_step(&session, token);
    print(ringlet_detokenizer_next(&detokenizer, token));
  }
  print(ringlet_detokenizer_finish(&detokenizer));
  ringlet_board_write("\n");
  return status;
}

int main(void) {
  ringlet_status status = set_up();
  if (status.code == RINGLET_OK) status = tell();
  if (status.code != RINGLET_OK) {
    char line[256];
    ringlet_describe(&status, line, sizeof line);
    ringlet_board_write("storyteller: ");
    ringlet_board_write(line);
    ringlet_board_write("\n");
  }
  return (int)status.code;
}
