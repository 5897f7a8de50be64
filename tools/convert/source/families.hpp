// The families that the converter reads: the list that `ringlet-convert --families` prints, and the
// table "Families" of README.md. An importer reads no family that is not listed here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::convert {

/// A family, or several that the same words describe. Lists of names are separated by ", ".
struct KnownFamily {
  const char* model_types;    // in config.json
  const char* architectures;  // general.architecture of GGUF files; empty: there are none
  const char* beyond;         // what it has beyond Llama 2
  const char* proofs;         // letters of family_proofs()
};

/// How a family was proved to compute what it should.
struct FamilyProof {
  char letter;
  const char* meaning;
};

std::span<const KnownFamily> known_families();
std::span<const FamilyProof> family_proofs();

/// The names of a list of KnownFamily.
std::vector<std::string> family_names(std::string_view list);

/// Whether a `model_type` or a general.architecture is listed.
bool is_known_model_type(std::string_view name);
bool is_known_architecture(std::string_view name);

}  // namespace ringlet::convert
