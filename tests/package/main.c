/* Decodes one token of a model in the program; exit status 0 when all is well. */
#include "ringlet/ringlet.h"
#include "storyteller.h"

static uint64_t ram[(RINGLET_RAM_BYTES + 7) / 8] __attribute__((aligned(RINGLET_RAM_ALIGNMENT)));

int main(void) {
  ringlet_model model;
  ringlet_session session;
  ringlet_config config = ringlet_default_config();
  config.context = RINGLET_CONTEXT;
  config.kv.keys = (ringlet_kv_format)RINGLET_KV_KEYS;
  config.kv.values = (ringlet_kv_format)RINGLET_KV_VALUES;
  config.prefill_chunk = RINGLET_PREFILL_CHUNK;
  ringlet_status status =
      ringlet_model_open(&model, ringlet_model_storyteller, RINGLET_FLASH_BYTES);
  if (status.code == RINGLET_OK) {
    status = ringlet_session_create(&session, &model, &config, ram, sizeof ram,
                                    ringlet_scalar_kernels(), NULL);
  }
  if (status.code == RINGLET_OK) status = ringlet_session_step(&session, 1);
  if (status.code == RINGLET_OK && ringlet_session_logits(&session) == NULL) return 100;
  return (int)status.code;
}
