// Images of sessions in files: --session and --prefix.
#pragma once

#include <string>

#include "memory_map.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "ringlet/image.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"

namespace ringlet::cli {

/// An image that is mapped and whose head was verified.
struct LoadedImage {
  std::string path;
  port::MappedFile file;
  ImageInfo info;
};

/// Maps an image and checks that it belongs to this model. Throws Failure naming the file and the
/// remedy.
[[nodiscard]] LoadedImage load_image(const std::string& path, const LoadedModel& model);

/// Has the session's sinks read from the image where that is possible: where all are in it.
void read_sinks_in_place(const LoadedImage& image, SessionOptions& options);

/// Goes on from an image. Throws Failure naming the file and the option at fault.
void restore_image(const LoadedImage& image, Session& session, Sampler* sampler);

/// What is said in a session is for its owner only.
inline constexpr port::OutputFile::Options private_output{.is_private = true};

/// Writes a session to `file`, in one piece or not at all, and returns its size. Throws Failure
/// naming the file.
std::uint64_t save_image(port::OutputFile& file, const Session& session, const Sampler* sampler);

}  // namespace ringlet::cli
