// What a calibration has done so far, in a file, so that it takes no memory and can be continued.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/sha256.hpp"
#include "calibrate/int4_planes.hpp"
#include "calibrate/row_file.hpp"
#include "write/unnamed_file.hpp"

namespace ringlet::convert {

/// The shape of an INT4 matrix.
struct MatrixShape {
  std::uint32_t rows;
  std::uint32_t columns;
};

/// The finished layers, their matrices, and the inputs of the next layer in both models. The inputs
/// of two layers alternate, so that an interruption at any moment loses one layer at most.
class StateFile {
 public:
  /// What the file has room for, and what its content depends on.
  struct Content {
    std::size_t tokens;
    std::size_t dim;
    std::vector<MatrixShape> matrices;
    /// Widths of the keys of layers whose caches others read.
    std::vector<std::size_t> lent = {};
    Sha256Hash fingerprint;
  };

  /// Opens or creates the file at `path`, or an unnamed one in `folder` if there is no path. Throws
  /// port::Failure or std::runtime_error if another conversion uses the file, or if it is no state
  /// of this conversion.
  StateFile(const std::optional<std::filesystem::path>& path, const std::filesystem::path& folder,
            Content content);
  [[nodiscard]] std::uint32_t finished_layers() const { return finished_; }

  /// The inputs of a layer: that after the finished ones, or the next.
  [[nodiscard]] RowFile exact(std::uint32_t layer) const { return inputs(layer, 0); }
  [[nodiscard]] RowFile quantized(std::uint32_t layer) const { return inputs(layer, 1); }

  /// Keys and values, in both models, of the lending layer with this number.
  struct Lent {
    RowFile exact_keys, exact_values, quantized_keys, quantized_values;
  };
  [[nodiscard]] Lent lent(std::size_t number) const;

  void write(std::size_t matrix, const Int4Planes& planes) const;
  [[nodiscard]] Int4Planes read(std::size_t matrix) const;

  /// Records that a layer, the next one, is finished. A named file is safe on the disk then.
  void finish_layer();

  /// Removes a named file: the calibration has served its purpose.
  void remove();

 private:
  struct Header;
  /// A descriptor that is closed with the object.
  struct Named {
    Named() = default;
    ~Named();
    Named(const Named&) = delete;
    Named& operator=(const Named&) = delete;

    int descriptor = -1;
  };
  [[nodiscard]] RowFile inputs(std::uint32_t layer, std::uint32_t path) const;
  [[nodiscard]] int descriptor() const;
  void open_named();
  void read_header();
  void write_header() const;

  std::optional<std::filesystem::path> path_;
  Content content_;
  std::vector<std::uint64_t> offsets_;       // of the matrices
  std::vector<std::uint64_t> lent_offsets_;  // of lent keys
  std::unique_ptr<UnnamedFile> unnamed_;
  Named named_;
  std::uint32_t finished_ = 0;
};

}  // namespace ringlet::convert
