// The same model and session by both interfaces, for the tests of the C one.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>

#include "device/buffers.hpp"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/ringlet.h"
#include "ringlet/ringlet.hpp"

namespace ringlet::test {

inline Buffer<std::byte, std::size_t{512} * 1024> c_memory, cpp_memory;

inline std::string_view view(ringlet_text text) { return {text.data, text.size}; }

inline const ringlet_kernels* c_kernels() {
  return reinterpret_cast<const ringlet_kernels*>(kernel_sets().back());
}

struct Rig {
  Rig() {
    const auto bytes = device_models[0].bytes;
    model = *Model::open(bytes);
    opened = ringlet_model_open(&c_model, bytes.data(), bytes.size());
    config.context = 64;
    config.hot_window = 16;
    c_config.context = 64;
    c_config.hot_window = 16;
    session = *Session::create(model, config, cpp_memory.value, *kernel_sets().back());
    created = ringlet_session_create(&c_session, &c_model, &c_config, c_memory.value,
                                     sizeof c_memory.value, c_kernels(), nullptr);
  }

  Model model;
  Config config;
  Session session;
  ringlet_model c_model{};
  ringlet_config c_config = ringlet_config_default();
  ringlet_session c_session{};
  ringlet_status opened{};
  ringlet_status created{};

  [[nodiscard]] bool same_logits() const {
    const auto logits = session.logits();
    const float* c_logits = ringlet_session_logits(&c_session);
    if (logits.empty() || c_logits == nullptr) return logits.empty() && c_logits == nullptr;
    return std::memcmp(c_logits, logits.data(), logits.size_bytes()) == 0;
  }
};

}  // namespace ringlet::test
