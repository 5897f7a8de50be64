// One layer of a source as a model of its own, so that the runtime computes it whatever its family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "calibrate/int4_planes.hpp"
#include "ringlet/model.hpp"
#include "source/source_model.hpp"
#include "write/write_options.hpp"

namespace ringlet::convert {

/// The inputs of a layer's matrices: of wq, wk, wv and gates beside them; of wo; of w_gate and
/// w_up; of w_down.
enum class LayerInput : std::uint8_t { attention, output, feed_forward, down };
inline constexpr std::size_t inputs_per_layer = 4;

/// The matrices of a layer that read an input.
[[nodiscard]] std::vector<const SourceMatrix*> matrices_of(const SourceLayer& layer,
                                                           LayerInput input);

/// Those that a calibration quantizes: they become INT4, and the source does not have them in INT4
/// already.
[[nodiscard]] std::vector<const SourceMatrix*> calibrated_matrices(const SourceLayer& layer,
                                                                   LayerInput input,
                                                                   const WriteOptions& formats);

/// A model of layer `index` alone, whose vocabulary is `rows` rows of zeros: the runner replaces
/// them by the layer's inputs.
[[nodiscard]] SourceModel layer_source(const SourceModel& source, std::uint32_t index,
                                       std::uint32_t rows);

/// Such a model in the formats of the final file, in memory. Calibrated matrices are zero until
/// they are known.
class QuantizedLayer {
 public:
  QuantizedLayer(const SourceModel& source, std::uint32_t index, std::uint32_t rows,
                 const WriteOptions& formats);

  [[nodiscard]] const Model& model() const { return model_; }

  /// Replaces the calibrated matrices of an input.
  void set(LayerInput input, const std::vector<Int4Planes>& planes);

 private:
  struct FreeAligned {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, FreeAligned> image_;
  Model model_;
  /// Which calibrated matrices each input has, as places in layer_matrices() of the model.
  std::vector<std::size_t> places_[inputs_per_layer];
};

/// The weights of the matrices that read an input, in a model of one layer, in the order of
/// matrices_of(). Null where a matrix has no rows.
[[nodiscard]] std::vector<const std::uint8_t*> codes_of(const Model& model, LayerInput input);

}  // namespace ringlet::convert
