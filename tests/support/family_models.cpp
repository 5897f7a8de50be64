#include "support/family_models.hpp"

#include <memory>
#include <vector>

#include "huggingface.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::test {

std::span<const Family> all_families() {
  static constexpr Family families[] = {{"llama3", make_llama},
                                        {"mistral", make_mistral},
                                        {"qwen2", make_qwen2},
                                        {"qwen3", make_qwen3},
                                        {"smollm3", make_smollm3},
                                        {"stablelm", make_stablelm},
                                        {"gemma", make_gemma},
                                        {"gemma2", make_gemma2},
                                        {"gemma3", make_gemma3},
                                        {"phi3_short", [] { return make_phi3(false); }},
                                        {"phi3_long", [] { return make_phi3(true); }},
                                        {"gpt2", [] { return make_gpt2(false); }},
                                        {"nanogpt", [] { return make_gpt2(true); }}};
  return families;
}

AlignedBytes write_family(const Family& family, const convert::WriteOptions& options) {
  const MadeFamily made = family.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path(), made.config.dump());
  return write_image(convert::import_huggingface(folder.path()), options);
}

const LoadedModel& family_model(std::size_t index) {
  static std::vector<std::unique_ptr<LoadedModel>> models(all_families().size());
  const convert::WriteOptions formats[] = {all_f32, all_int8, all_int4};
  std::unique_ptr<LoadedModel>& model = models.at(index);
  if (model == nullptr) {
    const Family& family = all_families()[index];
    model = std::make_unique<LoadedModel>(write_family(family, formats[index % 3]));
  }
  return *model;
}

}  // namespace ringlet::test
