#include "image_file.hpp"

#include <vector>

#include "command.hpp"
#include "failure.hpp"

namespace ringlet::cli {

LoadedImage load_image(const std::string& path, const LoadedModel& model) {
  LoadedImage image{path, port::MappedFile(path), {}};
  const Result<ImageInfo> info = image_info(image.file.bytes());
  if (!info.ok()) throw port::failure_of(path, info.status());
  if (info->model_hash != model.model.hash()) {
    throw port::Failure(path + ": was saved with another model than " + model.path +
                        "; use that model, or another file");
  }
  image.info = *info;
  return image;
}

void read_sinks_in_place(const LoadedImage& image, SessionOptions& options) {
  const Config& config = options.config;
  options.config.sinks_in_image =
      config.sinks > 0 && config.sinks == image.info.sinks && image.info.position >= config.sinks;
}

void restore_image(const LoadedImage& image, Session& session, Sampler* sampler) {
  const Status status = session.restore(image.file.bytes(), sampler);
  if (!status.ok()) throw setting_failure(image.path, status);
}

std::uint64_t save_image(port::OutputFile& file, const Session& session, const Sampler* sampler) {
  const Result<std::size_t> size = session.save({}, sampler);
  // Aligned for 64-bit numbers.
  std::vector<std::uint64_t> memory(static_cast<std::size_t>((size.status().needed() + 7) / 8));
  const Result<std::size_t> saved =
      session.save(std::as_writable_bytes(std::span(memory)), sampler);
  if (!saved.ok()) throw port::failure_of(file.target(), saved.status());
  file.write({reinterpret_cast<const char*>(memory.data()), *saved});
  file.commit();
  return *saved;
}

}  // namespace ringlet::cli
