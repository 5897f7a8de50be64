// Runs a text through a model of one layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "calibrate/layer_model.hpp"
#include "calibrate/row_file.hpp"
#include "calibrate/workers.hpp"
#include "kernels/kernel_set.hpp"
#include "ringlet/session.hpp"

namespace ringlet::convert {

/// Tokens that pass through a layer together.
inline constexpr std::uint32_t layer_chunk = 256;

/// A run goes up to an input, or to the end. Products behind that are zero.
struct LayerRun {
  const std::vector<std::uint32_t>& windows;  // each is a session of its own
  RowFile from;                               // the layer's input, one row for each token
  std::optional<LayerInput> until = std::nullopt;
  /// Where the inputs of matrices go, by LayerInput; null: nowhere.
  const RowFile* inputs[inputs_per_layer] = {};
  /// Where the layer's result goes; null: nowhere.
  const RowFile* to = nullptr;
  /// The inputs that tokens bring for the layer; null if the model has none.
  const RowFile* token_inputs = nullptr;
  /// Keys and values before rotation: those that a layer reads in place of its own, and where those
  /// that it lends go. Null for most layers.
  const RowFile* borrowed_keys = nullptr;
  const RowFile* borrowed_values = nullptr;
  const RowFile* lent_keys = nullptr;
  const RowFile* lent_values = nullptr;
};

/// A session of a model of one layer (layer_model.hpp) with layer_chunk rows.
class LayerRunner {
 public:
  /// `model` and `workers` must outlive the runner. `context` is the longest window. Throws
  /// std::runtime_error if the session cannot be created.
  LayerRunner(const Model& model, Workers& workers, std::uint32_t context);
  ~LayerRunner();
  LayerRunner(const LayerRunner&) = delete;
  LayerRunner& operator=(const LayerRunner&) = delete;

  /// Throws std::runtime_error if a value is not finite.
  void run(const LayerRun& run);

 private:
  struct FreeAligned {
    void operator()(std::byte* memory) const;
  };
  /// Rows that replace what a matrix or a norm of the model gives.
  struct Given {
    const void* weights = nullptr;  // of that matrix or norm
    std::size_t columns = 0;
    std::vector<float> rows;

    void load(const RowFile* file, std::size_t first, std::uint32_t tokens);
  };

  void run_chunk(const LayerRun& run, std::size_t first, std::uint32_t tokens);
  static void observe(void* user_data, const Observation& seen);
  void keep(const Observation& seen) const;
  static void multiply(const PackedMatrix& matrix, const Activations& x, float* y,
                       std::size_t y_stride, std::size_t row_begin, std::size_t row_end);
  static void look_up(const PackedMatrix& matrix, std::size_t row, float* y);
  static void normalize(const float* x, const float* weight, float* y, std::size_t n,
                        float epsilon);
  void find_given();
  [[nodiscard]] const RowFile* destination(const Observation& seen) const;

  const Model& model_;
  const KernelSet& kernels_;
  std::unique_ptr<KernelSet> own_kernels_;  // theirs, with the functions of this class
  std::unique_ptr<std::byte, FreeAligned> memory_;
  Session session_;
  std::vector<float> rows_;                   // the input of the current chunk
  std::vector<float*> residual_;              // where the session holds its rows
  std::vector<const std::uint8_t*> skipped_;  // matrices whose products are zero
  Given token_inputs_, keys_, values_;
  const float* key_norm_ = nullptr;  // of borrowed keys, which have been normalized
  std::size_t next_token_input_ = 0;
  const LayerRun* current_ = nullptr;
  std::size_t window_begin_ = 0;  // of the current window in the text
  std::exception_ptr error_;      // of the observer
};

}  // namespace ringlet::convert
