#include "tokenizer/gguf_pre_tokenizers.hpp"

#include "source/errors.hpp"
#include "tokenizer/pre_tokenizer.hpp"

namespace ringlet::convert {
namespace {

constexpr GgufPreTokenizer named(std::string_view name, PreTokenizer kind) { return {name, kind}; }

constexpr GgufPreTokenizer whole(std::string_view name, PreTokenizer kind) {
  return {name, kind, true};
}

constexpr GgufPreTokenizer like_llama3(std::string_view name) {
  return {name, PreTokenizer::llama3, true, true};
}

constexpr GgufPreTokenizer with_nfc(std::string_view name, PreTokenizer kind) {
  return {name, kind, false, false, true};
}

constexpr GgufPreTokenizer by_steps(std::string_view name, std::vector<WordStep> (*steps)()) {
  return {name, PreTokenizer::steps, false, false, false, steps};
}

constexpr GgufPreTokenizer gguf_names[] = {named("gpt-2", PreTokenizer::gpt2),
                                           named("phi-2", PreTokenizer::gpt2),
                                           named("gigachat", PreTokenizer::gpt2),
                                           named("roberta-bpe", PreTokenizer::gpt2),
                                           named("jina-es", PreTokenizer::gpt2),
                                           named("jina-de", PreTokenizer::gpt2),
                                           named("a.x-4.0", PreTokenizer::gpt2),
                                           named("mellum", PreTokenizer::gpt2),
                                           named("mpt", PreTokenizer::gpt2),
                                           named("olmo", PreTokenizer::gpt2),
                                           named("jais", PreTokenizer::gpt2),
                                           named("trillion", PreTokenizer::gpt2),
                                           named("exaone4", PreTokenizer::gpt2),
                                           named("granite-docling", PreTokenizer::gpt2),
                                           by_steps("falcon", falcon_steps),
                                           named("smollm", PreTokenizer::smollm),
                                           named("starcoder", PreTokenizer::smollm),
                                           named("refact", PreTokenizer::smollm),
                                           named("command-r", PreTokenizer::smollm),
                                           named("codeshell", PreTokenizer::smollm),
                                           named("exaone", PreTokenizer::smollm),
                                           named("minerva-7b", PreTokenizer::smollm),
                                           named("mellum2", PreTokenizer::smollm),
                                           like_llama3("llama3"),
                                           like_llama3("llama-v3"),
                                           like_llama3("llama-bpe"),
                                           like_llama3("falcon3"),
                                           like_llama3("falcon-h1"),
                                           like_llama3("pixtral"),
                                           like_llama3("midm-2.0"),
                                           like_llama3("lfm2"),
                                           whole("dbrx", PreTokenizer::llama3),
                                           whole("smaug-bpe", PreTokenizer::llama3),
                                           whole("chatglm-bpe", PreTokenizer::llama3),
                                           whole("glm4", PreTokenizer::llama3),
                                           with_nfc("qwen2", PreTokenizer::qwen2),
                                           with_nfc("stablelm2", PreTokenizer::qwen2),
                                           named("deepseek-r1-qwen", PreTokenizer::qwen2),
                                           named("kormo", PreTokenizer::qwen2),
                                           named("megrez", PreTokenizer::qwen2),
                                           named("hunyuan", PreTokenizer::qwen2),
                                           named("solar-open", PreTokenizer::qwen2),
                                           named("grok-2", PreTokenizer::qwen2),
                                           named("bailingmoe", PreTokenizer::qwen2),
                                           named("bailingmoe2", PreTokenizer::qwen2),
                                           named("llada-moe", PreTokenizer::qwen2),
                                           whole("gpt-4o", PreTokenizer::gpt4o),
                                           whole("llama4", PreTokenizer::gpt4o),
                                           whole("kanana2", PreTokenizer::gpt4o),
                                           whole("minimax-m2", PreTokenizer::gpt4o),
                                           with_nfc("qwen35", PreTokenizer::qwen35),
                                           {"tekken", PreTokenizer::tekken, true, true},
                                           named("seed-coder", PreTokenizer::seed_coder),
                                           by_steps("deepseek-coder", deepseek_coder_steps),
                                           by_steps("deepseek-v3", deepseek3_steps),
                                           by_steps("hunyuan-dense", deepseek3_steps),
                                           by_steps("joyai-llm", deepseek3_steps),
                                           by_steps("minicpm5", minicpm5_steps)};

}  // namespace

const GgufPreTokenizer& gguf_pre_tokenizer(std::string_view name, const std::string& file) {
  for (const GgufPreTokenizer& entry : gguf_names) {
    if (name == entry.name) return entry;
  }
  fail(file, ": tokenizer.ggml.pre is \"", std::string(name),
       "\", which is not a pre-tokenizer that the runtime knows");
}

}  // namespace ringlet::convert
