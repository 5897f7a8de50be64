// Settings of a session and the memory that they need.
#include <new>

#include "export.hpp"
#include "failure.hpp"
#include "seat.hpp"

namespace ringlet::port {

RINGLET_EXPORT(seat_object_bytes) std::size_t seat_object_bytes() { return sizeof(Seat); }

/// Creates a seat with the default settings, and the sampling that the model file recommends.
RINGLET_EXPORT(seat_begin) void seat_begin(Seat* seat, const Model* model) {
  new (seat) Seat;
  seat->model = *model;
  seat->sampling = sampler_options(*model);
}

RINGLET_EXPORT(set_context) void set_context(Seat* seat, std::uint32_t value) {
  seat->config.context = value;
}
RINGLET_EXPORT(set_sinks) void set_sinks(Seat* seat, std::uint32_t value) {
  seat->config.sinks = value;
}
/// Formats by their numbers in KvFormat.
RINGLET_EXPORT(set_kv) void set_kv(Seat* seat, std::uint32_t keys, std::uint32_t values) {
  seat->config.kv = KvFormats(static_cast<KvFormat>(keys), static_cast<KvFormat>(values));
}
RINGLET_EXPORT(set_hot_window) void set_hot_window(Seat* seat, std::uint32_t value) {
  seat->config.hot_window = value;
}
RINGLET_EXPORT(set_prefill_chunk) void set_prefill_chunk(Seat* seat, std::uint32_t value) {
  seat->config.prefill_chunk = value;
}
RINGLET_EXPORT(set_longest_word) void set_longest_word(Seat* seat, std::uint32_t value) {
  seat->config.longest_word = value;
}
RINGLET_EXPORT(set_repeat_window) void set_repeat_window(Seat* seat, std::uint32_t value) {
  seat->config.repeat_window = value;
}
RINGLET_EXPORT(set_allow_longer_context)
void set_allow_longer_context(Seat* seat, bool value) { seat->config.allow_longer_context = value; }
RINGLET_EXPORT(set_temperature) void set_temperature(Seat* seat, float value) {
  seat->sampling.temperature = value;
}
RINGLET_EXPORT(set_top_k) void set_top_k(Seat* seat, std::uint32_t value) {
  seat->sampling.top_k = value;
}
RINGLET_EXPORT(set_top_p) void set_top_p(Seat* seat, float value) { seat->sampling.top_p = value; }
RINGLET_EXPORT(set_min_p) void set_min_p(Seat* seat, float value) { seat->sampling.min_p = value; }
RINGLET_EXPORT(set_repeat_penalty) void set_repeat_penalty(Seat* seat, float value) {
  seat->sampling.repeat_penalty = value;
}
RINGLET_EXPORT(set_seed) void set_seed(Seat* seat, std::uint64_t value) {
  seat->sampling.seed = value;
}
RINGLET_EXPORT(longest_word) std::uint32_t longest_word(const Seat* seat) {
  return seat->config.longest_word;
}

/// Plans the memory of the settings.
RINGLET_EXPORT(plan_create) bool plan_create(Seat* seat) {
  return store(seat->plan, plan(seat->model, seat->config));
}
RINGLET_EXPORT(plan_total) std::uint64_t plan_total(const Seat* seat) { return seat->plan.total(); }
RINGLET_EXPORT(plan_sections) std::size_t plan_sections(const Seat* seat) {
  return seat->plan.sections().size();
}
RINGLET_EXPORT(section_name) const char* section_name(const Seat* seat, std::size_t index) {
  return name_of(seat->plan.sections()[index].id);
}
RINGLET_EXPORT(section_offset) std::uint64_t section_offset(const Seat* seat, std::size_t index) {
  return seat->plan.sections()[index].offset;
}
RINGLET_EXPORT(section_bytes) std::uint64_t section_bytes(const Seat* seat, std::size_t index) {
  return seat->plan.sections()[index].bytes;
}
RINGLET_EXPORT(section_first_stage)
const char* section_first_stage(const Seat* seat, std::size_t index) {
  return name_of(seat->plan.sections()[index].first_stage);
}
RINGLET_EXPORT(section_last_stage)
const char* section_last_stage(const Seat* seat, std::size_t index) {
  return name_of(seat->plan.sections()[index].last_stage);
}
RINGLET_EXPORT(section_is_permanent)
bool section_is_permanent(const Seat* seat, std::size_t index) {
  return seat->plan.sections()[index].permanent;
}

/// The longest context that fits into `bytes`, or 0.
RINGLET_EXPORT(plan_longest_context)
std::uint32_t plan_longest_context(const Seat* seat, std::uint64_t bytes) {
  return longest_context(seat->model, seat->config, bytes);
}

}  // namespace ringlet::port
