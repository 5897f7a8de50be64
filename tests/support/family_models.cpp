#include "support/family_models.hpp"

#include <memory>
#include <vector>

#include "source/huggingface/huggingface.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::test {

AlignedBytes write_family(const Family& family, const convert::WriteOptions& options) {
  const MadeFamily made = family.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path(), made.config.dump());
  return write_image(convert::import_huggingface(folder.path()), options);
}

const LoadedModel& family_model(std::size_t index) {
  static std::vector<std::unique_ptr<LoadedModel>> models(runtime_families().size());
  const convert::WriteOptions formats[] = {all_f32, all_int8, all_int4};
  std::unique_ptr<LoadedModel>& model = models.at(index);
  if (model == nullptr) {
    const Family& family = runtime_families()[index];
    model = std::make_unique<LoadedModel>(write_family(family, formats[index % 3]));
  }
  return *model;
}

}  // namespace ringlet::test
