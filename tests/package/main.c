/* Decodes one token of each of two models in the program, which have settings and sizes of their
   own; exit status 0 when all is well. */
#include "large.h"
#include "ringlet/ringlet.h"
#include "storyteller.h"

static uint64_t ram[(RINGLET_STORYTELLER_RAM_BYTES + 7) / 8]
    __attribute__((aligned(RINGLET_STORYTELLER_RAM_ALIGNMENT)));
static uint64_t large_ram[(RINGLET_LARGE_RAM_BYTES + 7) / 8]
    __attribute__((aligned(RINGLET_LARGE_RAM_ALIGNMENT)));

static int decode(const unsigned char* bytes, const unsigned char* end,
                  const ringlet_config* config, void* memory, size_t memory_bytes) {
  ringlet_model model;
  ringlet_session session;
  ringlet_plan plan;
  ringlet_status status = ringlet_model_open(&model, bytes, (size_t)(end - bytes));
  if (status.code == RINGLET_OK) status = ringlet_plan_create(&model, config, &plan);
  if (status.code == RINGLET_OK && plan.total != memory_bytes) return 101;
  if (status.code == RINGLET_OK) {
    status = ringlet_session_create(&session, &model, config, memory, memory_bytes,
                                    ringlet_kernels_scalar(), NULL);
  }
  if (status.code == RINGLET_OK) status = ringlet_session_step(&session, 1);
  if (status.code == RINGLET_OK && ringlet_session_logits(&session) == NULL) return 100;
  return (int)status.code;
}

int main(void) {
  const ringlet_config config = ringlet_config_storyteller();
  const ringlet_config large = ringlet_config_large();
  const int result = decode(ringlet_model_storyteller, ringlet_model_storyteller_end, &config, ram,
                            RINGLET_STORYTELLER_RAM_BYTES);
  if (result != 0) return result;
  return decode(ringlet_model_large, ringlet_model_large_end, &large, large_ram,
                RINGLET_LARGE_RAM_BYTES);
}
