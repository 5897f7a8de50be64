// ringlet verify: reads and checks everything in a model file, and its signature.
#include <cstdint>
#include <filesystem>
#include <memory>

#include "command.hpp"
#include "common/output_file.hpp"
#include "common/visible_text.hpp"
#include "minisign.hpp"
#include "model_name.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "ringlet/signature.hpp"

namespace ringlet::cli {
namespace {

struct VerifyOptions {
  std::string model;
  std::string public_key;
  std::string signature;    // empty: the model's name plus .minisig
  std::string signed_part;  // path to write it to; empty: none
  bool quiet = false;
};

/// Checks the signature before it reads anything else in the file.
LoadedModel load_signed_model(const VerifyOptions& options, std::string& comment) {
  if (options.model.empty()) {
    throw port::Failure("--public-key: name the model; the one that comes along is not signed");
  }
  const std::string path = path_of_model(options.model);
  const std::string signature = options.signature.empty() ? path + ".minisig" : options.signature;
  std::error_code error;
  if (options.signature.empty() && !std::filesystem::exists(signature, error)) {
    throw port::Failure(signature + ": does not exist; name the signature with --signature");
  }
  const MinisignSignature minisign(options.public_key, signature);
  port::MappedFile file(path);
  const Result<Model> model = open_signed(file.bytes(), minisign.check());
  if (!model) throw port::failure_of(path, model.status());
  comment = minisign.trusted_comment();
  return {path, std::move(file), *model, nullptr};
}

/// Writes the bytes that a signature must cover.
void write_signed_part(const LoadedModel& model, const std::string& path) {
  const auto part = signed_part(model.file.bytes());
  if (!part) throw port::failure_of(model.path, part.status());
  common::write_file(path, {reinterpret_cast<const char*>(part->data()), part->size()});
  print(path + ": " + human_bytes(part->size()) + ", to be signed by 'minisign -S -m " + path +
        " -x " + model.path + ".minisig'\n");
}

int execute(const VerifyOptions& options) {
  std::string comment;
  const bool is_signed = !options.public_key.empty();
  const LoadedModel model =
      is_signed ? load_signed_model(options, comment) : load_model(options.model);
  verify_weights(model, !options.quiet);
  print(model.path + ": ok (structure, meaning and checksums of " +
        human_bytes(model.file.bytes().size()) + ")\n");
  if (is_signed) print("signed: " + common::visible(comment, true) + "\n");
  if (!options.signed_part.empty()) write_signed_part(model, options.signed_part);
  return exit_success;
}

/// Without this, the key from a variable that is not set would switch the check off.
std::string check_key(const std::string& key) {
  return key.empty() ? "is empty; give a minisign key or the file that has it" : "";
}

}  // namespace

Command add_verify(CLI::App& program) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* app =
      program.add_subcommand("verify", "Check every byte of a model file, and its signature");
  add_model(*app, options->model);
  CLI::Option* key = app->add_option("--public-key", options->public_key,
                                     "Require a signature by this minisign public key, given "
                                     "as text or as a file.")
                         ->check(check_key, "", "")
                         ->type_name("KEY");
  add_file(*app, "--signature", options->signature, "Signature file (default: MODEL.minisig).")
      ->needs(key);
  add_file(*app, "--write-signed-part", options->signed_part,
           "Write the bytes for minisign to sign to this file.");
  app->add_flag("-q,--quiet", options->quiet, "Show no progress.");
  app->footer(
      "Checks the tables, their meaning, and every byte of the weights: checksums, scales and\n"
      "codes. With a key it also checks that the key's owner signed the tables. They contain the\n"
      "SHA-256 of every weight, so the signature covers the whole file.\n"
      "Exit status: 0 if the file is intact, 1 if it is not; one line says where.\n\n"
      "Examples:\n"
      "  ringlet verify stories.ringlet\n"
      "  ringlet verify stories.ringlet --write-signed-part tables\n"
      "  minisign -S -m tables -x stories.ringlet.minisig\n"
      "  ringlet verify stories.ringlet --public-key minisign.pub");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
