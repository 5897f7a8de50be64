// A model file in linear memory.
#include "ringlet/model.hpp"

#include <new>

#include "export.hpp"
#include "failure.hpp"
#include "ringlet/kernels.hpp"

namespace ringlet::port {

/// Size of a model's object, for which JavaScript takes memory.
RINGLET_EXPORT(model_object_bytes) std::size_t model_object_bytes() { return sizeof(Model); }

/// Verifies a file, aligned to 64, and creates a view of it in `model`.
RINGLET_EXPORT(model_open)
bool model_open(Model* model, const std::byte* bytes, std::size_t size) {
  return store(*new (model) Model, Model::open({bytes, size}));
}

/// Reads and checks every byte of the weights.
RINGLET_EXPORT(model_verify) bool model_verify(const Model* model) {
  return succeeds(model->verify_data());
}

RINGLET_EXPORT(model_hash) std::uint64_t model_hash(const Model* model) { return model->hash(); }
RINGLET_EXPORT(model_vocab_size) std::uint32_t model_vocab_size(const Model* model) {
  return model->architecture().vocab_size;
}
RINGLET_EXPORT(model_dim) std::uint32_t model_dim(const Model* model) {
  return model->architecture().dim;
}
RINGLET_EXPORT(model_hidden_dim) std::uint32_t model_hidden_dim(const Model* model) {
  return model->architecture().hidden_dim;
}
RINGLET_EXPORT(model_layers) std::uint32_t model_layers(const Model* model) {
  return model->architecture().layers;
}
RINGLET_EXPORT(model_heads) std::uint32_t model_heads(const Model* model) {
  return model->architecture().heads;
}
RINGLET_EXPORT(model_kv_heads) std::uint32_t model_kv_heads(const Model* model) {
  return model->architecture().kv_heads;
}
RINGLET_EXPORT(model_head_dim) std::uint32_t model_head_dim(const Model* model) {
  return model->architecture().head_dim;
}
RINGLET_EXPORT(model_trained_context) std::uint32_t model_trained_context(const Model* model) {
  return model->architecture().trained_context;
}

/// Name of the kernel set that the module computes with.
RINGLET_EXPORT(kernels_name) const char* kernels_name() { return name_of(baseline_kernels()); }
/// The hash of the kernels' results on fixed data, which is the same for every set.
RINGLET_EXPORT(kernels_self_test) std::uint64_t kernels_self_test() {
  return self_test(baseline_kernels());
}

}  // namespace ringlet::port
