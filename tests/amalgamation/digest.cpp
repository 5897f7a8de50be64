// Prints what must be the same on every processor: the bytes that a session takes, the digests of
// the bundled model with two caches, and the hash of all kernels. Only the C interface is used,
// because its names are the same for every compiler.
#include <array>
#include <cstddef>
#include <cstdint>

#include "console.hpp"
#include "ringlet/ringlet.h"

#if defined(__wasm__)
extern "C" alignas(64) unsigned char storyteller_model[1 << 20] = {};  // by the test
extern "C" std::size_t storyteller_model_bytes = 0;
#else
extern "C" const unsigned char storyteller_model[], storyteller_model_end[];
// Not a variable: it would be initialized when the program starts.
#define storyteller_model_bytes static_cast<std::size_t>(storyteller_model_end - storyteller_model)
#endif

namespace {

alignas(64) std::array<std::byte, std::size_t{256} << 10> ram;

void print_number(std::uint64_t value, unsigned base) {
  std::array<char, 24> digits{};
  std::size_t at = digits.size() - 1;
  do {
    digits[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  print(&digits[at]);
}

void print_line(const char* name, std::uint64_t value, unsigned base) {
  print(name);
  print(" ");
  print_number(value, base);
  print("\n");
}

/// Prints the plan's total and the digest for one format of keys and values.
ringlet_status measure(const ringlet_model& model, ringlet_kv_format format) {
  ringlet_config config = ringlet_config_default();
  config.context = 64;
  config.sinks = 4;
  config.kv = {format, format};
  config.hot_window = 16;
  ringlet_plan plan;
  ringlet_session session;
  ringlet_status status = ringlet_plan_create(&model, &config, &plan);
  if (status.code == RINGLET_OK) {
    status = ringlet_session_create(&session, &model, &config, ram.data(), ram.size(),
                                    ringlet_kernels_baseline(), nullptr);
  }
  ringlet_digest_options options = ringlet_digest_options_default();
  options.tokens = DIGEST_TOKENS;
  std::uint64_t digest = 0;
  if (status.code == RINGLET_OK) status = ringlet_session_digest(&session, &options, &digest);
  if (status.code == RINGLET_OK) {
    print(ringlet_kv_format_name(format));
    print_line(" ram", plan.total, 10);
    print(ringlet_kv_format_name(format));
    print_line(" digest", digest, 16);
  }
  return status;
}

}  // namespace

#if defined(__wasm__)
extern "C" int run() {
#else
int main() {
#endif
  ringlet_model model;
  ringlet_status status = ringlet_model_open(&model, storyteller_model, storyteller_model_bytes);
  if (status.code == RINGLET_OK) status = measure(model, RINGLET_KV_INT8);
  if (status.code == RINGLET_OK) status = measure(model, RINGLET_KV_INT4);
  if (status.code != RINGLET_OK) {
    std::array<char, 200> line{};
    ringlet_status_describe(&status, line.data(), line.size());
    print(line.data());
    print("\n");
    return static_cast<int>(status.code);
  }
  print("kernels ");
  print(ringlet_kernels_name(ringlet_kernels_baseline()));
  print("\n");
  print_line("self_test", ringlet_kernels_self_test(ringlet_kernels_baseline()), 16);
  return 0;
}
