// ringlet verify: reads everything in a model file and checks it, and who signed it.
#include <cstdint>
#include <memory>

#include "command.hpp"
#include "minisign.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "ringlet/signature.hpp"
#include "values.hpp"
#include "visible_text.hpp"

namespace ringlet::cli {
namespace {

struct VerifyOptions {
  std::string model;
  std::string public_key;
  std::string signature;    // empty: the model's name and .minisig
  std::string signed_part;  // where to write it; empty: nowhere
  bool quiet = false;
};

/// Checks the signature before it looks at anything else in the file.
LoadedModel load_signed_model(const VerifyOptions& options, std::string& comment) {
  if (options.model.empty()) {
    throw port::Failure("--public-key: name the model; the one that comes along is not signed");
  }
  const std::string signature =
      options.signature.empty() ? options.model + ".minisig" : options.signature;
  const MinisignSignature minisign(options.public_key, signature);
  port::MappedFile file(options.model);
  const Result<Model> model = open_signed(file.bytes(), minisign.check());
  if (!model) throw port::failure_of(options.model, model.status());
  comment = minisign.trusted_comment();
  return {options.model, std::move(file), *model};
}

/// What the signature has to be over.
void write_signed_part(const LoadedModel& model, const std::string& path) {
  const auto part = signed_part(model.file.bytes());
  if (!part) throw port::failure_of(model.path, part.status());
  port::write_file(path, {reinterpret_cast<const char*>(part->data()), part->size()});
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
  if (is_signed) print("signed: " + port::visible(comment, true) + "\n");
  if (!options.signed_part.empty()) write_signed_part(model, options.signed_part);
  return exit_success;
}

}  // namespace

Command add_verify(CLI::App& program) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* app = program.add_subcommand("verify", "Check a model file completely");
  add_model(*app, options->model);
  CLI::Option* key = app->add_option("--public-key", options->public_key,
                                     "Who must have signed the model: a key of minisign, or its "
                                     "file");
  app->add_option("--signature", options->signature, "The signature; otherwise MODEL.minisig")
      ->needs(key);
  app->add_option("--write-signed-part", options->signed_part,
                  "Write the bytes that minisign is to sign to this file");
  app->add_flag("-q,--quiet", options->quiet, "No progress");
  app->footer(
      "Checks the tables, what they mean, and every byte of the weights: checksums, scales,\n"
      "codes. With a key, that its owner signed the tables, and by their SHA-256 every weight.\n"
      "Exit status 0: the file is as it was written. 1: it is not; one line says where.\n\n"
      "Examples:\n"
      "  ringlet verify stories.ringlet\n"
      "  ringlet verify stories.ringlet --write-signed-part tables\n"
      "  minisign -S -m tables -x stories.ringlet.minisig\n"
      "  ringlet verify stories.ringlet --public-key minisign.pub");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli
