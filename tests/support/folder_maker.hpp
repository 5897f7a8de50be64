// Hugging Face folders with random weights, and the same weights for the reference. The test states
// the meaning of a tensor by the family's published definition, not by this project's importer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "reference/transformer.hpp"
#include "support/random.hpp"

namespace ringlet::test {

class FolderMaker {
 public:
  struct Tensor {
    std::string name;
    std::vector<std::size_t> shape;  // outermost first
    std::vector<double> values;
    std::string type = "F32";  // with one byte a value if another
  };

  explicit FolderMaker(std::uint64_t seed) : random_(seed) {}

  /// A new matrix, not yet stored. Values keep the size of what they are multiplied with.
  reference::Matrix matrix(std::size_t rows, std::size_t columns);

  /// A new vector of numbers around `middle`.
  std::vector<double> vector(std::size_t length, double middle = 0);

  /// Adds tensors to the file: a matrix, a matrix with its rows as columns, several matrices below
  /// each other, a vector, vectors one after another.
  void store(const std::string& name, const reference::Matrix& matrix);
  void store_transposed(const std::string& name, const reference::Matrix& matrix);
  void store(const std::string& name, const std::vector<reference::Matrix>& matrices);
  void store(const std::string& name, const std::vector<double>& vector);

  /// Adds bytes.
  void store_bytes(const std::string& name, std::vector<std::size_t> shape,
                   std::vector<double> values, std::string type = "U8") {
    tensors_.push_back({name, std::move(shape), std::move(values), std::move(type)});
  }

  /// Makes and stores at once.
  reference::Matrix stored_matrix(const std::string& name, std::size_t rows, std::size_t columns);
  std::vector<double> stored_vector(const std::string& name, std::size_t length, double middle = 0);

  /// Gives every tensor stored so far another name.
  template <typename Rename>
  void rename(Rename rename) {
    for (Tensor& tensor : tensors_) tensor.name = rename(tensor.name);
  }

  /// Removes the tensors whose names `is_unwanted` tells.
  template <typename Predicate>
  void drop(Predicate is_unwanted) {
    std::erase_if(tensors_, [&](const Tensor& tensor) { return is_unwanted(tensor.name); });
  }

  /// Writes config.json and model.safetensors.
  void write(const std::filesystem::path& folder, const std::string& config) const;

  /// What has been stored so far.
  [[nodiscard]] const std::vector<Tensor>& tensors() const { return tensors_; }

 private:
  Random random_;
  std::vector<Tensor> tensors_;
};

}  // namespace ringlet::test
