#include "decoder/decoder.hpp"

namespace ringlet {

void Decoder::prepare_angles() noexcept {
  // All layers that keep sinks have the same geometry, in every session, so they share one table of
  // angles for the second query.
  const KvCache& cache = *pass_->sessions.front().cache;
  const RingGeometry* with_sinks = nullptr;
  for (std::uint32_t layer = 0; layer < model_->architecture().layers && with_sinks == nullptr;
       ++layer) {
    if (cache.layer(layer).ring.sinks > 0) with_sinks = &cache.layer(layer).ring;
  }
  const float scale = rotary_scale(model_->architecture());
  const auto fill = [&](const RotaryRows& rows, Rotary rotary, std::uint32_t t, std::uint64_t at) {
    float* cosine = rows.cosine + std::size_t{t} * rows.stride;
    float* sine = rows.sine + std::size_t{t} * rows.stride;
    kernels_->rotary_table(at, rotary_frequencies(*model_, rotary, context_), rows.pairs, cosine,
                           sine);
    if (scale == 1) return;
    kernels_->scale(cosine, scale, rows.pairs, cosine);
    kernels_->scale(sine, scale, rows.pairs, sine);
  };
  pass_->for_each_session([&](const RowSpan& span) {
    for (std::uint32_t i = 0; i < span.count; ++i) {
      const std::uint32_t t = span.first + i;
      const std::uint64_t position = span.position + i;
      fill(scratch_.rotary, Rotary::global, t, position);
      if (has_local_rotary(model_->architecture())) {
        fill(scratch_.local_rotary, Rotary::local, t, position);
      }
      if (with_sinks != nullptr) {
        fill(scratch_.sink_rotary, Rotary::global, t, sink_query_position(*with_sinks, position));
      }
    }
  });
}

RotaryRows Decoder::angles(Rotary rotary) const noexcept {
  if (rotary == Rotary::none) return {};
  return rotary == Rotary::local ? scratch_.local_rotary : scratch_.rotary;
}

KeyBiasRotary Decoder::bias_rotary(Rotary rotary) const noexcept {
  if (!has_key_bias_table() || rotary == Rotary::none) return {};
  const Architecture& a = model_->architecture();
  const auto skipped =
      static_cast<std::size_t>(rotary == Rotary::local ? key_bias_table_floats(a.rotary_dim) : 0);
  return {.steps = rotary_frequencies(*model_, rotary, context_),
          .pairs = angles(rotary).pairs,
          .scale = rotary_scale(a) * rotary_scale(a),
          .table = scratch_.key_bias_table + skipped};
}

}  // namespace ringlet
