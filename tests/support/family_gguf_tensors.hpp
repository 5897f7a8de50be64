// The tensors of a family's checkpoint, as llama.cpp's converter writes them into a GGUF file.
#pragma once

#include <string>

#include "support/family_models.hpp"
#include "support/gguf_maker.hpp"

namespace ringlet::test {

/// Adds a tensor as it is, as floats.
void put_floats(GgufMaker& file, const std::string& name, const FolderMaker::Tensor& tensor);

/// Adds a tensor of the checkpoint under its name in GGUF files, in the order and with the values
/// that the architecture has there. Those that predict further tokens are left out.
void put_tensor(GgufMaker& file, FolderMaker::Tensor tensor, const std::string& architecture);

}  // namespace ringlet::test
