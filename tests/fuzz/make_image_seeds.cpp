// Writes the seed corpus of the image fuzzer: images of every format at several positions.
//   ringlet_make_image_fuzz_seeds tests/fuzz/corpus/image
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support/hostile_image.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  for (const auto& [name, input] : ringlet::test::image_inputs()) {
    std::ofstream out(folder / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(input.data()),
              static_cast<std::streamsize>(input.size()));
  }
  return 0;
}
