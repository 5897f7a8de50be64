#include "place_weights.hpp"

#include <algorithm>
#include <limits>

#include "parse_values.hpp"
#include "ringlet/linux/failure.hpp"
#include "ringlet/memory_plan.hpp"

namespace ringlet::cli {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

struct Choice {
  const char* name;
  port::WeightsIn in;
};
constexpr Choice choices[] = {{"auto", port::WeightsIn::automatic},
                              {"map", port::WeightsIn::map},
                              {"copy", port::WeightsIn::copy}};

port::WeightsIn chosen(const std::string& name) {
  return std::find_if(std::begin(choices), std::end(choices),
                      [&](const Choice& choice) { return choice.name == name; })
      ->in;
}

/// What --ram leaves for copies.
std::uint64_t room_for_copies(const LoadedModel& model, const SessionOptions& options) {
  if (!options.ram) return no_limit;
  const Result<MemoryPlan> sessions = plan(model.model, options.complete_config(model.model));
  if (!sessions.ok()) return 0;  // make_session() says why
  return *options.ram - std::min(sessions->total(), *options.ram);
}

}  // namespace

void add_weights_options(CLI::App& app, SessionOptions& options) {
  std::vector<std::string> names;
  for (const Choice& choice : choices) names.emplace_back(choice.name);
  add_choice(
      app, "--weights-in", options.weights_in, names,
      "Read weights from the file's pages (map), or from a copy in huge pages, made while\n"
      "decoding has begun (copy). By default a copy where it pays and memory is free (auto).")
      ->group("Memory");
  add_size(app, "--ram", options.ram, {1, no_limit},
           "Most memory for the session and for a copy of the weights (default: no limit).")
      ->group("Memory");
}

void require_ram(const LoadedModel& model, const Config& config, std::uint64_t bytes,
                 const SessionOptions& options) {
  if (!options.ram || bytes <= *options.ram) return;
  const std::uint32_t longest = longest_context(model.model, config, *options.ram);
  throw port::Failure(
      model.path + ": the session does not fit into " + with_commas(*options.ram) +
      " bytes of RAM (needs " + with_commas(bytes) + "); " +
      (longest > 0 ? "--context " + std::to_string(longest) + " would fit" : "raise --ram"));
}

void place_weights(LoadedModel& model, const SessionOptions& options, LoadedModel* draft) {
  std::uint64_t room = room_for_copies(model, options);
  for (LoadedModel* one : {&model, draft}) {
    if (one == nullptr) continue;
    const port::WeightsCopy::Options asked{.in = chosen(options.weights_in), .most_bytes = room};
    try {
      one->copy = std::make_unique<port::WeightsCopy>(one->file, one->model, asked);
    } catch (const port::Failure& failure) {
      throw port::Failure("--weights-in copy: " + one->path + ": " + failure.what());
    }
    const bool stays = one->copy->state() == port::WeightsCopy::State::mapped;
    if (!stays && room != no_limit) room -= std::min<std::uint64_t>(room, one->file.bytes().size());
  }
}

void settle_weights(LoadedModel& model, const SessionOptions& options, LoadedModel* draft) {
  place_weights(model, options, draft);
  for (LoadedModel* one : {&model, draft}) {
    if (one == nullptr) continue;
    one->copy->wait();
    require_sound_weights(*one);
  }
}

void require_sound_weights(const LoadedModel& model) {
  if (model.copy == nullptr || model.copy->state() != port::WeightsCopy::State::damaged) return;
  throw damaged_file(model.path, model.copy->status());
}

std::string measured_model(const LoadedModel& model) {
  return model.name() + ", " + human_bytes(model.file.bytes().size()) + ", weights " +
         model.copy->describe();
}

nlohmann::ordered_json weights_json(const LoadedModel& model) {
  const bool copied = model.copy->state() == port::WeightsCopy::State::copied;
  return {{"in", copied ? "copy" : "file"},
          {"huge_page_bytes", model.copy->huge_bytes()},
          {"description", model.copy->describe()}};
}

std::string weights_note(const LoadedModel& model) {
  const bool copied =
      model.copy != nullptr && model.copy->state() == port::WeightsCopy::State::copied;
  return copied ? " | weights in huge pages" : "";
}

}  // namespace ringlet::cli
