#include "pull_job.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "command.hpp"
#include "common/errors.hpp"
#include "converter_process.hpp"
#include "model_name.hpp"
#include "options.hpp"
#include "parse_values.hpp"
#include "pull/outline_source.hpp"
#include "ringlet/chat.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t short_commit = 12;

bool interrupted() { return port::InterruptWatch::signal() != 0; }

/// A folder that is removed again, whatever happens.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) { remove(); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { remove(); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void remove() {
    std::error_code error;
    fs::remove_all(path_, error);
  }

  std::string path_;
};

/// The sentence in the converter's last line, without the names of temporary files.
std::string sentence_in(const std::string& errors, const std::string& folder) {
  std::string line = errors.substr(0, errors.find_last_not_of('\n') + 1);
  line = line.substr(line.rfind('\n') + 1);
  const std::size_t label = line.find("error: ");
  if (label != std::string::npos) line = line.substr(label + 7);
  const std::string prefix = folder + "/";
  for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
    line.erase(at, prefix.size());
  }
  return line.empty() ? "ringlet-convert fails" : line;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

PullJob::PullJob(PullOptions options, pull::SourceName source, pull::HubSettings settings)
    : options_(std::move(options)),
      source_(std::move(source)),
      store_(user_models()),
      hub_(std::move(settings),
           {.interrupted = interrupted, .note = [this](const std::string& line) { note(line); }}),
      bar_("download", !options_.quiet) {}

void PullJob::note(const std::string& line) {
  if (options_.quiet) return;
  bar_.clear();
  print_note(line, true);
}

void PullJob::show(const pull::RemoteFile& file, std::uint64_t bytes) {
  if (interrupted()) throw pull::Interrupted();
  std::uint64_t& arrived = arrived_[file.path];
  arrived_sum_ = arrived_sum_ - arrived + bytes;
  arrived = bytes;
  bar_.update(arrived_sum_, choice_.bytes(), file.name());
}

void PullJob::run() {
  [[maybe_unused]] const std::string needed_later = converter_path();
  store_.create();
  repository_ = hub_.list(source_);
  choice_ = pull::choose_files(repository_, source_);
  name_ =
      options_.name.empty() ? pull::default_model_name(repository_.id, choice_.tag) : options_.name;
  if (!pull::is_model_name(name_)) {
    common::fail(repository_.id, ": '", name_, "' cannot be a name; choose another with --name");
  }
  const pull::ModelLock lock(store_, name_);
  if (is_up_to_date()) {
    note(name_ + " is up to date (" + repository_.commit.substr(0, short_commit) + ")");
    return;
  }
  run_locked();
}

/// Whether the same conversion of the same commit is there. Throws if the name is another model's.
bool PullJob::is_up_to_date() const {
  std::error_code error;
  if (!fs::exists(store_.model_path(name_), error)) return false;
  const std::optional<pull::StoredModel> model = store_.find(name_);
  if (!model->record) {
    common::fail(name_, ": is the name of a model that was not pulled; choose another with --name");
  }
  const std::string source = choice_.source(repository_);
  if (model->record->source != source) {
    common::fail(name_, ": is the name of the model from ", model->record->source,
                 "; choose another with --name, or ringlet remove ", name_);
  }
  return model->record->commit == repository_.commit &&
         model->record->options == joined(converter_options());
}

void PullJob::run_locked() {
  std::error_code error;
  const bool is_new = fs::create_directories(folder(), error);
  if (error) throw port::system_failure(folder(), "cannot be created", error.value());
  try {
    prepare();
  } catch (const Refusal&) {
    if (is_new) store_.remove_source(name_);
    throw;
  } catch (const port::Failure&) {
    // The next pull has nothing to continue if nothing has arrived.
    if (is_new && store_.source_bytes(name_) == 0) store_.remove_source(name_);
    throw;
  }
  if (options_.dry_run) {
    if (is_new) store_.remove_source(name_);
    return;
  }
  download(choice_.weights);
  convert();
  record();
  if (!options_.keep_source) store_.remove_source(name_);
  const LoadedModel model = load_model_file(store_.model_path(name_));
  const bool chats = ChatFormat::open(model.model).ok();
  note(name_ + " is ready: ringlet " + (chats ? "chat " : "run ") + name_);
}

/// Downloads the small files, and says what the whole pull will take.
void PullJob::prepare() {
  std::uint64_t here = present(choice_.small);
  download(choice_.small);
  if (choice_.is_sharded) {
    pull::add_shards(choice_, repository_, text_of(folder() + "/model.safetensors.index.json"));
  }
  remove_strangers();
  here += present(choice_.weights);
  look_ahead(here);
}

/// The bytes of the files that are on disk.
std::uint64_t PullJob::present(const std::vector<pull::RemoteFile>& files) {
  const pull::Downloader downloader(hub_, repository_, folder(), {});
  std::uint64_t bytes = 0;
  for (const pull::RemoteFile& file : files) bytes += downloader.present(file);
  return bytes;
}

void PullJob::download(const std::vector<pull::RemoteFile>& files) {
  pull::Downloader downloader(
      hub_, repository_, folder(),
      [this](const pull::RemoteFile& file, std::uint64_t bytes) { show(file, bytes); });
  for (const pull::RemoteFile& file : files) downloader.fetch(file);
  bar_.clear();
}

/// The folder can have files of an earlier pull that were not finished, or were kept.
void PullJob::remove_strangers() {
  std::vector<pull::RemoteFile> files = choice_.small;
  files.insert(files.end(), choice_.weights.begin(), choice_.weights.end());
  pull::Downloader(hub_, repository_, folder(), {}).remove_all_but(files);
}

std::string PullJob::write_outline() {
  pull::Downloader downloader(
      hub_, repository_, folder(),
      [this](const pull::RemoteFile& file, std::uint64_t bytes) { show(file, bytes); });
  const std::string source = folder() + "/.outline";
  pull::make_outline_source(downloader, choice_, source);
  bar_.clear();
  std::vector<std::string> arguments = {choice_.converter_source(source), "--outline", "-q", "-o",
                                        source + "/outline.ringlet"};
  for (const std::string& option : converter_options()) arguments.push_back(option);
  const ConverterResult result = run_converter(arguments, true);
  if (interrupted()) throw pull::Interrupted();
  if (result.status == 0) return arguments[4];
  const std::string reason = "cannot be converted: " + sentence_in(result.errors, source);
  if (!options_.yes) {
    throw Refusal(repository_.id + ": " + reason + " (--yes downloads it all the same)");
  }
  note(repository_.id + ": " + reason);
  return {};
}

/// Says what is to come, and refuses what cannot end well. `here`: the bytes that an
/// earlier pull has left.
void PullJob::look_ahead(std::uint64_t here) {
  const TemporaryFolder temporary(folder() + "/.outline");
  const std::string outline = write_outline();
  const std::uint64_t count = choice_.small.size() + choice_.weights.size();
  note(choice_.source(repository_) + ", revision " + source_.revision + " (" +
       repository_.commit.substr(0, short_commit) + ")" +
       (repository_.licence.empty() ? "" : ", licence " + repository_.licence));
  note("  download  " + with_commas(count) + " " + plural(count, "file") + ", " +
       human_bytes(choice_.bytes()) + "; " + human_bytes(here) + " of it are here");
  if (outline.empty()) return;
  PullForecast forecast = forecast_from_outline(outline, store_.folder());
  forecast.download_bytes = choice_.bytes() - present(choice_.small) - present(choice_.weights);
  note(describe(forecast, name_, store_.folder()));
  if (!options_.yes && !options_.dry_run) {
    refuse_misfit(forecast, repository_.id, store_.folder());
  }
}

/// What the record has of the conversion besides the defaults.
std::vector<std::string> PullJob::converter_options() const {
  std::vector<std::string> options;
  if (!options_.weights.empty()) options = {"--weights", options_.weights};
  if (!options_.calibrate.empty()) {
    options.insert(options.end(), {"--calibrate", options_.calibrate});
  }
  return options;
}

void PullJob::convert() {
  std::vector<std::string> arguments = {choice_.converter_source(folder()), "-o",
                                        store_.model_path(name_)};
  if (!choice_.is_gguf()) {
    arguments.insert(arguments.end(),
                     {"--name", repository_.id.substr(repository_.id.find('/') + 1)});
  }
  if (!repository_.licence.empty()) {
    arguments.insert(arguments.end(), {"--licence", repository_.licence});
  }
  for (const std::string& option : converter_options()) arguments.push_back(option);
  if (options_.quiet) arguments.emplace_back("-q");
  const ConverterResult result = run_converter(arguments, false);
  if (interrupted()) throw pull::Interrupted();
  if (result.status == 0) return;
  common::fail(name_, ": was downloaded to ", folder(),
               " and could not be converted; ringlet remove ", name_, " frees the space");
}

void PullJob::record() const {
  store_.write_record(name_, {.source = choice_.source(repository_),
                              .revision = source_.revision,
                              .commit = repository_.commit,
                              .endpoint = hub_.settings().endpoint,
                              .licence = repository_.licence,
                              .options = joined(converter_options()),
                              .pulled = pull::time_now(),
                              .file = pull::fingerprint(store_.model_path(name_))});
}

}  // namespace ringlet::cli
