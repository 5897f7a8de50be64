#include "support/folder_maker.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

namespace ringlet::test {

reference::Matrix FolderMaker::matrix(std::size_t rows, std::size_t columns) {
  double gain = 1;
  while (gain * gain * static_cast<double>(columns) > 4) gain /= 2;
  reference::Matrix matrix{rows, columns, std::vector<double>(rows * columns)};
  for (double& value : matrix.values) value = static_cast<double>(random_.symmetric()) * gain;
  return matrix;
}

std::vector<double> FolderMaker::vector(std::size_t length, double middle) {
  std::vector<double> values(length);
  // Multiples of 2^-18 around the middle: exact in float.
  for (double& value : values) {
    value = middle + 0.25 * static_cast<double>(random_.symmetric());
  }
  return values;
}

void FolderMaker::store(const std::string& name, const reference::Matrix& matrix) {
  tensors_.push_back({name, {matrix.rows, matrix.columns}, matrix.values});
}

void FolderMaker::store_transposed(const std::string& name, const reference::Matrix& matrix) {
  std::vector<double> values;
  for (std::size_t k = 0; k < matrix.columns; ++k) {
    for (std::size_t n = 0; n < matrix.rows; ++n) {
      values.push_back(matrix.values[n * matrix.columns + k]);
    }
  }
  tensors_.push_back({name, {matrix.columns, matrix.rows}, std::move(values)});
}

void FolderMaker::store(const std::string& name, const std::vector<reference::Matrix>& matrices) {
  reference::Matrix all{0, matrices.front().columns, {}};
  for (const reference::Matrix& matrix : matrices) {
    all.rows += matrix.rows;
    all.values.insert(all.values.end(), matrix.values.begin(), matrix.values.end());
  }
  store(name, all);
}

void FolderMaker::store(const std::string& name, const std::vector<double>& vector) {
  tensors_.push_back({name, {vector.size()}, vector});
}

reference::Matrix FolderMaker::stored_matrix(const std::string& name, std::size_t rows,
                                             std::size_t columns) {
  reference::Matrix made = matrix(rows, columns);
  store(name, made);
  return made;
}

std::vector<double> FolderMaker::stored_vector(const std::string& name, std::size_t length,
                                               double middle) {
  std::vector<double> made = vector(length, middle);
  store(name, made);
  return made;
}

void FolderMaker::write(const std::filesystem::path& folder, const std::string& config) const {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config.json") << config;
  nlohmann::json header;
  std::string data;
  for (const Tensor& tensor : tensors_) {
    const std::size_t begin = data.size();
    for (const double value : tensor.values) {
      if (tensor.type != "F32") {
        data.push_back(static_cast<char>(static_cast<unsigned char>(value)));
        continue;
      }
      const auto single = static_cast<float>(value);
      data.append(reinterpret_cast<const char*>(&single), sizeof(single));
    }
    header[tensor.name] = {
        {"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  const std::string text = header.dump();
  const std::uint64_t length = text.size();
  std::ofstream out(folder / "model.safetensors", std::ios::binary);
  out.write(reinterpret_cast<const char*>(&length), sizeof(length));
  out << text << data;
}

}  // namespace ringlet::test
