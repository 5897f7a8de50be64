/* Tells a story, in C: a prompt goes in, and text comes out until the model ends it.

     story_c MODEL "Once upon a time" [TOKENS] */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ringlet/linux/kernels.h"
#include "ringlet/ringlet.h"

static const char* model_path;

static void fail(const char* what) {
  fprintf(stderr, "story_c: %s: %s\n", model_path, what);
  exit(1);
}

static void check(ringlet_status status) {
  if (status.code == RINGLET_OK) return;
  char line[256];
  ringlet_status_describe(&status, line, sizeof line);
  fail(line);
}

static void print(ringlet_text text) { fwrite(text.data, 1, text.size, stdout); }

static const void* map_file(const char* path, size_t* size) {
  struct stat file;
  const int descriptor = open(path, O_RDONLY);
  if (descriptor < 0 || fstat(descriptor, &file) != 0) fail("cannot be opened");
  *size = (size_t)file.st_size;
  const void* bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) fail("cannot be mapped");
  return bytes;
}

static void tell(const char* prompt, int limit) {
  size_t size = 0;
  const void* file = map_file(model_path, &size);
  ringlet_model model;
  check(ringlet_model_open(&model, file, size));
  ringlet_tokenizer tokenizer;
  check(ringlet_tokenizer_open(&tokenizer, &model));
  /* All memory is known before the session exists. */
  const ringlet_config config = ringlet_config_default();
  ringlet_plan plan;
  check(ringlet_plan_create(&model, &config, &plan));
  const size_t total = (size_t)plan.total;
  void* memory = NULL;
  if (posix_memalign(&memory, RINGLET_MEMORY_ALIGNMENT, total) != 0) fail("out of memory");
  ringlet_session session;
  check(ringlet_session_create(&session, &model, &config, memory, total, ringlet_kernels_best(),
                               NULL));
  ringlet_sampler_options options = ringlet_model_sampler_options(&model);
  options.seed = 1;
  const uint32_t vocab_size = ringlet_model_architecture(&model).vocab_size;
  ringlet_sampler sampler;
  check(ringlet_session_sampler(&session, &options, &sampler));
  ringlet_detokenizer detokenizer;
  ringlet_detokenizer_begin(&detokenizer, &tokenizer, true);
  const ringlet_prompt_options prefill = {.sampler = &sampler, .detokenizer = &detokenizer};
  const ringlet_text text = {prompt, strlen(prompt)};
  check(ringlet_session_prefill_text(&session, &tokenizer, text, &prefill, NULL));
  if (ringlet_session_logits(&session) == NULL) fail("needs a prompt");
  print(text);
  for (int i = 0; i < limit; ++i) {
    const ringlet_token token =
        ringlet_sampler_sample(&sampler, ringlet_session_logits(&session), vocab_size);
    if (ringlet_tokenizer_ends_reply(&tokenizer, token)) break;
    print(ringlet_detokenizer_next(&detokenizer, token));
    check(ringlet_session_step(&session, token));
  }
  print(ringlet_detokenizer_finish(&detokenizer));
  puts("");
  free(memory);
}

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    fputs("usage: story_c MODEL PROMPT [TOKENS]\n", stderr);
    return 2;
  }
  model_path = argv[1];
  tell(argv[2], argc == 4 ? atoi(argv[3]) : 200);
  return 0;
}
