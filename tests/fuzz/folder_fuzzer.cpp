// Fuzzes Hugging Face folders. An input is the lengths of config.json, tokenizer.json and
// tokenizer_config.json in four little-endian bytes each, these files, of which empty ones are
// absent, and model.safetensors.
#include <array>
#include <cstring>
#include <filesystem>

#include "fuzz/import_harness.hpp"
#include "support/family_models.hpp"
#include "support/temporary_folder.hpp"
#include "support/vocabularies.hpp"

namespace ringlet::test {
namespace {

constexpr std::array names = {"config.json", "tokenizer.json", "tokenizer_config.json"};
using Lengths = std::array<std::uint32_t, names.size()>;
using Texts = std::array<std::string, names.size()>;

std::string input_of(const Texts& files, const std::string& tensors) {
  Lengths lengths{};
  std::string bytes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    lengths[i] = static_cast<std::uint32_t>(files[i].size());
    bytes += files[i];
  }
  return std::string(reinterpret_cast<const char*>(&lengths), sizeof(lengths)) + bytes + tensors;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Texts& tokenizer_files() {
  static const Texts files = {
      "", smallest_tokenizer_json(),
      R"({"tokenizer_class":"PreTrainedTokenizerFast","bos_token":"<s>","chat_template":)"
      R"("{% for m in messages %}<s>{{ m.role }}: {{ m.content }}\n{% endfor %}"})"};
  return files;
}

Seed seed_of(const Family& family, bool with_tokenizer) {
  const MadeFamily made = family.make();
  const TemporaryFolder folder;
  made.maker.write(folder.path(), made.config.dump());
  Texts files = with_tokenizer ? tokenizer_files() : Texts{};
  files[0] = made.config.dump();
  return {family.name, input_of(files, read(folder.path() / "model.safetensors"))};
}

/// Takes the next `length` bytes, or what there is.
std::string take(std::string_view& rest, std::size_t length) {
  const std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(taken.size());
  return std::string(taken);
}

}  // namespace

Outcome run_input(std::span<const std::byte> input) {
  Lengths lengths{};
  if (input.size() < sizeof(lengths)) return refused("short");
  std::memcpy(&lengths, input.data(), sizeof(lengths));
  std::string_view rest(reinterpret_cast<const char*>(input.data()) + sizeof(lengths),
                        input.size() - sizeof(lengths));
  static const TemporaryFolder folder;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::filesystem::remove(folder.path() / names[i]);
    if (lengths[i] > 0) (void)folder.write(names[i], take(rest, lengths[i]));
  }
  (void)folder.write("model.safetensors", std::string(rest));
  return outcome_of([&] { convert_and_decode(import_all(folder.path())); });
}

std::vector<Seed> make_seeds() {
  std::vector<Seed> seeds;
  for (const Family& family : all_families()) seeds.push_back(seed_of(family, true));
  seeds.push_back(seed_of(all_families()[0], false));
  seeds.back().name = "no_tokenizer";
  const std::string config = make_qwen3().config.dump();
  seeds.push_back({"refused_no_tensors", input_of({config, "", ""}, ""), "model.safetensors"});
  seeds.push_back({"refused_no_config", input_of({}, "x"), "config.json"});
  return seeds;
}

}  // namespace ringlet::test
