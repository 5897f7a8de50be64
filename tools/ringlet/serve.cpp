// ringlet serve: answers OpenAI's protocol with the seats of one pool.
#include "command.hpp"

#ifdef RINGLET_HAS_SERVE
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>

#include "blanks.hpp"
#include "parse_values.hpp"
#include "place_weights.hpp"
#include "ringlet/linux/failure.hpp"
#include "serve/http/http_server.hpp"
#include "serve/seats/engine.hpp"
#include "serve/seats/seat_files.hpp"
#include "serve_pool.hpp"
#include "terminal.hpp"

namespace ringlet::cli {
namespace {

constexpr std::chrono::milliseconds look_again{100};
constexpr std::uint32_t longest_deadline = 86'400;
constexpr std::uint64_t usual_saved_bytes = std::uint64_t{1} << 30;

struct ServeOptions {
  std::string model;
  std::string host = "127.0.0.1";
  std::uint32_t port = 8080;
  std::string key_file;
  std::string cors;
  std::string alias;
  std::uint32_t queue = 16;
  std::uint32_t deadline = 600;
  std::uint32_t grace = 30;
  std::string saved_seats;
  std::optional<std::uint64_t> saved_bytes;
  bool quiet = false;
  ServePoolOptions pool;
};

/// The keys in a file, one a line, without the blanks around them. Lines that begin with # are
/// comments.
std::vector<std::string> read_keys(const std::string& path) {
  std::vector<std::string> keys;
  if (path.empty()) return keys;
  std::istringstream lines(read_text(path));
  for (std::string line; std::getline(lines, line);) {
    const std::string key(trimmed(line));
    if (!key.empty() && !key.starts_with('#')) keys.push_back(key);
  }
  if (keys.empty()) throw port::Failure(path + ": has no key; write one on a line");
  return keys;
}

/// An empty name comes from a variable that is not set.
std::string check_alias(const std::string& name) {
  return name.empty() ? "is empty; leave it out to take the name of the file" : "";
}

/// Browsers send an origin without a path, so no other text could ever be one.
void require_origin(const std::string& origin) {
  const std::size_t scheme = origin.find("://");
  const bool whole = scheme != std::string::npos && scheme > 0 && scheme + 3 < origin.size() &&
                     origin.find('/', scheme + 3) == std::string::npos;
  if (origin.empty() || origin == "*" || whole) return;
  throw UsageError("--cors: '" + origin +
                   "' is not an origin; write it without a path, as https://example.org, or *");
}

serve::HttpSettings http_settings(const ServeOptions& options) {
  require_origin(options.cors);
  serve::HttpSettings settings;
  settings.listener.host = options.host;
  settings.listener.port = static_cast<int>(options.port);
  settings.access = {.on_loopback = serve::is_loopback(options.host),
                     .keys = read_keys(options.key_file),
                     .cors = options.cors};
  // Those that are answered, those that wait, and some that look at the page meanwhile.
  settings.listener.threads = options.pool.seats + options.queue + 8;
  return settings;
}

std::string greeting(const ServeOptions& options, const ServePool& pool, int port) {
  const PoolConfig config = pool.pool.config();
  const std::string host =
      options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]";
  return "ringlet: http://" + host + ":" + std::to_string(port) + " serves " + pool.model.name() +
         ": " + with_commas(config.sessions) + (config.sessions == 1 ? " seat" : " seats") +
         " of " + with_commas(config.session.context) + " tokens, RAM " +
         with_commas(pool.ram_bytes()) + " bytes";
}

/// The file's name without its ending, as a pulled model is called everywhere else.
std::string name_for_clients(const ServePool& pool) {
  constexpr std::string_view ending = ".ringlet";
  std::string name = pool.model.name();
  if (name.ends_with(ending) && name.size() > ending.size())
    name.resize(name.size() - ending.size());
  return name;
}

/// What people should know when the server has started.
void print_start(const ServeOptions& options, const ServePool& pool, const serve::Service& service,
                 int port) {
  print_note(greeting(options, pool, port), false);
  if (!service.can_chat()) {
    print_note(
        "ringlet: " + pool.model.name() +
            " has no chat template: the page goes on with texts, and /v1/chat/completions refuses "
            "every message; ringlet pull gets models that chat",
        false);
  }
  if (options.key_file.empty() && !serve::is_loopback(options.host)) {
    print_note(
        "ringlet: everybody who reaches this address can use the server; --api-key FILE "
        "asks for a key",
        false);
  }
}

/// Where conversations are kept that have left their seats; null if nowhere.
std::unique_ptr<serve::SeatFiles> open_saved_seats(const ServeOptions& options, ServePool& pool) {
  if (options.saved_seats.empty()) {
    if (options.saved_bytes) throw UsageError("--saved-seats-size: needs --saved-seats FOLDER");
    return nullptr;
  }
  const Config config = pool.pool.config().session;
  const std::uint64_t snapshot =
      port::value_of(pool.model.path, snapshot_bytes(pool.model.model, config));
  const std::uint64_t most = options.saved_bytes.value_or(usual_saved_bytes);
  if (most < snapshot) {
    throw UsageError("--saved-seats-size: the snapshot of a conversation takes up to " +
                     with_commas(snapshot) + " bytes; give more than that (default: 1G)");
  }
  pool.buffer_bytes = snapshot;
  return std::make_unique<serve::SeatFiles>(
      serve::SeatFilesSettings{.folder = options.saved_seats,
                               .model_hash = pool.model.model.hash(),
                               .most_bytes = most,
                               .snapshot_bytes = snapshot,
                               .context = config.context});
}

/// Waits for Ctrl-C or SIGTERM. Throws Failure if the model's file turns out to be damaged.
void wait_for_signal(const ServePool& pool) {
  while (port::InterruptWatch::signal() == 0) {
    std::this_thread::sleep_for(look_again);
    require_sound_weights(pool.model);
  }
}

int execute(const ServeOptions& options) {
  serve::HttpSettings http = http_settings(options);
  const std::unique_ptr<ServePool> pool = make_serve_pool(options.model, options.pool);
  serve::Counters counters;
  const std::unique_ptr<serve::SeatFiles> saved = open_saved_seats(options, *pool);
  serve::Scheduler scheduler(pool->seats, counters, saved.get());
  const port::InterruptWatch watch;
  serve::Engine engine(scheduler, options.queue);
  serve::Service service(pool->seats,
                         {.name = options.alias.empty() ? name_for_clients(*pool) : options.alias,
                          .file_bytes = pool->model.file.bytes().size(),
                          .ram_bytes = pool->ram_bytes(),
                          .plan = pool->plan_json,
                          .most_tokens = options.pool.most_tokens,
                          .record_bytes = pool->record_bytes,
                          .deadline = std::chrono::seconds(options.deadline)},
                         engine, counters);
  serve::HttpServer server(service, std::move(http));
  if (!options.quiet) print_start(options, *pool, service, server.port());
  wait_for_signal(*pool);
  if (!options.quiet) print_note("ringlet: finishing what is being answered", false);
  server.drain();
  engine.finish(std::chrono::seconds(options.grace));
  server.close();
  return exit_success;
}

void add_serve_options(CLI::App& app, ServeOptions& options) {
  add_model(app, options.model);
  app.add_option("--host", options.host, "Address to listen on (default: 127.0.0.1).")
      ->type_name("ADDRESS");
  add_count(app, "--port", options.port, {0, 65535},
            "Port to listen on; 0 takes a free one (default: 8080).");
  add_file(app, "--api-key", options.key_file,
           "Ask clients for a key. The file has one on each line; # begins a comment.");
  app.add_option("--cors", options.cors,
                 "Let web pages of this origin use the server (\"https://example.org\"; *: all).")
      ->type_name("ORIGIN");
  app.add_option("--name", options.alias, "Name of the model for clients (default: its file's).")
      ->check(check_alias, "", "")
      ->type_name("NAME");
  add_count(app, "--seats", options.pool.seats, {1, 64},
            "Conversations that are answered at the same time (default: 4).");
  add_count(app, "--queue", options.queue, {1, 1024},
            "Requests that wait for a seat at most (default: 16).");
  add_count(app, "-n", options.pool.most_tokens, {1, Config::largest_context},
            "Most tokens of an answer (default: 2048).");
  add_count(app, "--deadline", options.deadline, {1, longest_deadline},
            "Seconds that a request takes at most, waiting included (default: 600).");
  add_count(app, "--grace", options.grace, {0, longest_deadline},
            "Seconds that answers have to finish when the server is stopped (default: 30).\n"
            "A second Ctrl-C ends it at once.");
  add_file(app, "--saved-seats", options.saved_seats,
           "Keep conversations that lose their seat in this folder, also between runs.")
      ->type_name("FOLDER");
  add_size(app, "--saved-seats-size", options.saved_bytes, {1, UINT64_MAX},
           "Most bytes of them on disk; the oldest are removed (default: 1G).");
}

}  // namespace

Command add_serve(CLI::App& program) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* app = program.add_subcommand("serve", "Serve clients of OpenAI's protocol");
  add_serve_options(*app, *options);
  add_serve_pool_options(*app, options->pool);
  app->add_flag("-q,--quiet", options->quiet, "Print nothing but errors.");
  app->footer(
      "Clients find the protocol at http://HOST:PORT/v1, people a page at http://HOST:PORT/.\n"
      "All memory is taken at the start and is one number; requests wait, they do not add to "
      "it.\n\n"
      "Examples:\n"
      "  ringlet serve model.ringlet --seats 2 --context 512\n"
      "  ringlet serve model.ringlet --host 0.0.0.0 --api-key keys.txt\n"
      "  curl http://127.0.0.1:8080/v1/completions -d '{\"prompt\": \"Once\", \"max_tokens\": "
      "20}'");
  return {app, [options] { return execute(*options); }};
}

}  // namespace ringlet::cli

#else
#include <string>
#include <vector>

#include "ringlet/linux/failure.hpp"

namespace ringlet::cli {

Command add_serve(CLI::App& program) {
  CLI::App* app = program.add_subcommand("serve", "Serve clients of OpenAI's protocol");
  app->allow_extras();
  app->footer(
      "This build has no server, because libcpp-httplib-dev was not installed.\n\n"
      "Example, where it was: ringlet serve model.ringlet");
  return {app, []() -> int {
            throw port::Failure(
                "serve is not in this build; install libcpp-httplib-dev and build again");
          }};
}

}  // namespace ringlet::cli
#endif
