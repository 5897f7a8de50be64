// Where the hub is, who asks, and how patiently: from the environment variables of huggingface_hub.
#pragma once

#include <cstdint>
#include <string>

namespace ringlet::pull {

struct HubSettings {
  std::string endpoint = "https://huggingface.co";  // without a final slash
  std::string token{};                              // empty: none
  std::string token_from{};                         // "HF_TOKEN", or the path of its file
  std::uint32_t stall_seconds = 30;                 // without data, after which a transfer ends
  std::uint32_t retries = 5;                        // of a request, since data last arrived
};

/// Reads HF_ENDPOINT, HF_HUB_DOWNLOAD_TIMEOUT, and the token: HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or
/// the file HF_TOKEN_PATH, $HF_HOME/token or ~/.cache/huggingface/token. Throws port::Failure,
/// naming the variable, if a value is not usable, if HF_HUB_OFFLINE is set, or if the token would
/// travel without encryption to another machine.
[[nodiscard]] HubSettings hub_settings();

}  // namespace ringlet::pull
