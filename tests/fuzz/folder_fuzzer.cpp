// Fuzzes Hugging Face folders. An input is the length of config.json in four little-endian bytes,
// that file, and model.safetensors.
#include <cstring>
#include <filesystem>

#include "fuzz/import_harness.hpp"
#include "huggingface.hpp"
#include "support/family_models.hpp"
#include "support/temporary_folder.hpp"

namespace ringlet::test {
namespace {

using Length = std::uint32_t;

std::string input_of(const std::string& config, const std::string& tensors) {
  const auto length = static_cast<Length>(config.size());
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + config + tensors;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Seed seed_of(const Family& family) {
  const MadeFamily made = family.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path(), made.config.dump());
  return {family.name,
          input_of(read(folder.path() / "config.json"), read(folder.path() / "model.safetensors"))};
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  Length length = 0;
  if (input.size() < sizeof(length)) return refused("short");
  std::memcpy(&length, input.data(), sizeof(length));
  const std::string_view rest(reinterpret_cast<const char*>(input.data()) + sizeof(length),
                              input.size() - sizeof(length));
  static const TemporaryFolder folder;
  (void)folder.write("config.json", std::string(rest.substr(0, length)));
  (void)folder.write("model.safetensors",
                     std::string(rest.substr(std::min<std::size_t>(length, rest.size()))));
  return outcome_of([&] { convert_and_decode(convert::import_huggingface(folder.path())); });
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (const Family& family : all_families()) seeds.push_back(seed_of(family));
  const MadeFamily made = make_qwen3();
  seeds.push_back({"refused_no_tensors", input_of(made.config.dump(), ""), "model.safetensors"});
  seeds.push_back({"refused_no_config", input_of("", "x"), "config.json"});
  return seeds;
}

}  // namespace ringlet::test
