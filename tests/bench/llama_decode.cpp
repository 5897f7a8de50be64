// Decodes with llama.cpp at a given depth of the context, with flash attention and a chosen cache
// format, and prints the time of every batch, which not every version of llama-bench offers.
// compare_depth.py compiles it against the headers and libraries of a build of llama.cpp.
//
//   llama_decode MODEL THREADS DEPTH TOKENS BATCH CACHE_TYPE STATE [sample]
//
// With `sample` a time includes choosing a token from the logits. BATCH is the number of tokens per
// call: 1 decodes, TOKENS is a single prompt. CACHE_TYPE is f16, q8_0 or q4_0. STATE is a file that
// keeps the filled cache between runs; it is created if it does not exist.
#include <llama.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& reason) {
  std::fprintf(stderr, "llama_decode: %s\n", reason.c_str());
  std::exit(1);
}

ggml_type type_of(const std::string& name) {
  if (name == "f16") return GGML_TYPE_F16;
  if (name == "q8_0") return GGML_TYPE_Q8_0;
  if (name == "q4_0") return GGML_TYPE_Q4_0;
  fail("no cache type is called '" + name + "'; take f16, q8_0 or q4_0");
}

// The field has had another name and type since the middle of 2025.
template <typename Parameters>
void use_flash_attention(Parameters& parameters) {
  if constexpr (requires { parameters.flash_attn; }) {
    parameters.flash_attn = true;
  } else {
    parameters.flash_attn_type = static_cast<decltype(parameters.flash_attn_type)>(1);
  }
}

/// What llama.cpp's programs do by default, but for penalties, which are off.
llama_sampler* default_sampler() {
  llama_sampler* chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
  llama_sampler_chain_add(chain, llama_sampler_init_top_k(40));
  llama_sampler_chain_add(chain, llama_sampler_init_top_p(0.95F, 1));
  llama_sampler_chain_add(chain, llama_sampler_init_min_p(0.05F, 1));
  llama_sampler_chain_add(chain, llama_sampler_init_temp(0.8F));
  llama_sampler_chain_add(chain, llama_sampler_init_dist(1));
  return chain;
}

struct Run {
  llama_context* context;
  std::int32_t vocabulary;
  std::size_t position = 0;

  void append(std::size_t count) {
    std::vector<llama_token> tokens(count);
    for (llama_token& token : tokens) {
      token = static_cast<llama_token>((position++ * 2654435761U >> 8) %
                                       static_cast<std::size_t>(vocabulary));
    }
    if (llama_decode(context,
                     llama_batch_get_one(tokens.data(), static_cast<std::int32_t>(count)))) {
      fail("llama_decode failed at position " + std::to_string(position));
    }
  }

  void fill(std::size_t depth, const std::string& state) {
    std::vector<llama_token> none(1);
    std::size_t count = 0;
    const bool kept = std::ifstream(state).good();
    if (kept && llama_state_load_file(context, state.c_str(), none.data(), none.size(), &count)) {
      position = depth;
      return;
    }
    while (position < depth) append(std::min<std::size_t>(512, depth - position));
    if (!llama_state_save_file(context, state.c_str(), none.data(), 0)) {
      fail(state + " cannot be written");
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bool samples = argc == 9 && std::string(argv[8]) == "sample";
  if (argc != 8 && !samples) {
    fail("usage: llama_decode MODEL THREADS DEPTH TOKENS BATCH CACHE_TYPE STATE [sample]");
  }
  const std::int32_t threads = std::atoi(argv[2]);
  const std::size_t depth = std::strtoull(argv[3], nullptr, 10);
  const std::size_t tokens = std::strtoull(argv[4], nullptr, 10);
  const std::size_t batch = std::max<std::size_t>(1, std::strtoull(argv[5], nullptr, 10));
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_backend_init();
  llama_model* model = llama_model_load_from_file(argv[1], llama_model_default_params());
  if (model == nullptr) fail(std::string(argv[1]) + " cannot be loaded");
  llama_context_params parameters = llama_context_default_params();
  parameters.n_ctx = static_cast<std::uint32_t>(depth + tokens + 8);
  parameters.n_batch = parameters.n_ubatch = 512;
  parameters.n_threads = parameters.n_threads_batch = threads;
  parameters.type_k = parameters.type_v = type_of(argv[6]);
  use_flash_attention(parameters);
  llama_context* context = llama_init_from_model(model, parameters);
  if (context == nullptr) fail("no context of this size and cache type can be made");

  Run run{context, llama_vocab_n_tokens(llama_model_get_vocab(model))};
  if (depth > 0) run.fill(depth, argv[7]);
  for (int i = 0; i < 4; ++i) run.append(1);  // warms up
  llama_sampler* sampler = default_sampler();
  std::printf("[");
  for (std::size_t done = 0; done < tokens; done += batch) {
    const auto started = std::chrono::steady_clock::now();
    run.append(std::min(batch, tokens - done));
    if (samples) llama_sampler_sample(sampler, context, -1);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    std::printf("%s%.9f", done == 0 ? "" : ", ", elapsed.count());
  }
  std::printf("]\n");
  llama_sampler_free(sampler);
  llama_free(context);
  llama_model_free(model);
}
