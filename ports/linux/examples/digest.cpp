// Checks a machine: the digest of a model's logits is the same number everywhere. Prints it, and
// fails if it differs from the expected one.
//
//   digest MODEL [EXPECTED]
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "ringlet/linux/failure.hpp"
#include "ringlet/linux/files.hpp"
#include "ringlet/linux/kernels.hpp"
#include "ringlet/ringlet.hpp"

namespace {

using namespace ringlet;

std::uint64_t digest_of(const std::string& path) {
  const port::MappedFile file(path);
  const Model model = port::value_of(path, Model::open(file.bytes()));
  port::check(path, model.verify_data());
  const Config config{.context = std::min(model.architecture().trained_context, 64U)};
  const port::Mapping memory =
      port::map_session_memory(port::value_of(path, plan(model, config)).total());
  Session session =
      port::value_of(path, Session::create(model, config, memory.bytes(), port::best_kernels()));
  return port::value_of(path, digest(session));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fputs("usage: digest MODEL [EXPECTED]\n", stderr);
    return 2;
  }
  try {
    const std::uint64_t value = digest_of(argv[1]);
    std::printf("%016" PRIx64 "\n", value);
    const bool right = argc == 2 || std::strtoull(argv[2], nullptr, 16) == value;
    if (!right) std::fprintf(stderr, "digest: this machine does not compute %s\n", argv[2]);
    return right ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "digest: %s\n", error.what());
    return 1;
  }
}
