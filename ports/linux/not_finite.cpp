#include "not_finite.hpp"

namespace ringlet::port {
namespace {

const char* name_of(Tap tap) {
  switch (tap) {
    case Tap::attention_input:
      return "attention input";
    case Tap::queries:
      return "queries";
    case Tap::keys:
      return "keys";
    case Tap::values:
      return "values";
    case Tap::attended:
      return "attention output";
    case Tap::ffn_input:
      return "feed-forward input";
    case Tap::hidden:
      return "feed-forward hidden vector";
    case Tap::logits_input:
      return "input of the output head";
    case Tap::logits:
      return "logits";
  }
  return "";
}

}  // namespace

std::string describe_not_finite(const Status& status, const std::optional<NotFinite>& place) {
  std::string text = "the token at position " + std::to_string(status.index()) +
                     " gives NaN, infinity or keys too large to cache";
  if (place) {
    text += ", first in the " + std::string(name_of(place->tap));
    const bool in_layer = place->tap != Tap::logits_input && place->tap != Tap::logits;
    if (in_layer) text += " of layer " + std::to_string(place->layer);
  }
  return text + "; 'ringlet verify' checks the model's weights";
}

}  // namespace ringlet::port
