#include "element_type.hpp"

#include <algorithm>
#include <array>

#include "element_decoders.hpp"

namespace ringlet::convert {
namespace {

constexpr ElementType f32{"F32", 1, 4, blocks::f32};
constexpr ElementType f16{"F16", 1, 2, blocks::f16};
constexpr ElementType bf16{"BF16", 1, 2, blocks::bf16};

constexpr std::array safetensors_types = {
    f32,
    f16,
    bf16,
    ElementType{"F64", 1, 8, nullptr},
    ElementType{"BOOL", 1, 1, nullptr},
    ElementType{"U8", 1, 1, nullptr},
    ElementType{"I8", 1, 1, nullptr},
    ElementType{"U16", 1, 2, nullptr},
    ElementType{"I16", 1, 2, nullptr},
    ElementType{"U32", 1, 4, nullptr},
    ElementType{"I32", 1, 4, nullptr},
    ElementType{"U64", 1, 8, nullptr},
    ElementType{"I64", 1, 8, nullptr},
    ElementType{"F8_E4M3", 1, 1, nullptr},
    ElementType{"F8_E5M2", 1, 1, nullptr},
};

struct NumberedType {
  std::uint32_t number;
  ElementType type;
};

constexpr std::array gguf_types = {
    NumberedType{0, f32},
    NumberedType{1, f16},
    NumberedType{2, {q4_0_name.data(), 32, 18, blocks::q4_0}},
    NumberedType{3, {"Q4_1", 32, 20, blocks::q4_1}},
    NumberedType{6, {"Q5_0", 32, 22, blocks::q5_0}},
    NumberedType{7, {"Q5_1", 32, 24, blocks::q5_1}},
    NumberedType{8, {q8_0_name.data(), 32, 34, blocks::q8_0}},
    NumberedType{9, {"Q8_1", 32, 36, nullptr}},
    NumberedType{10, {"Q2_K", 256, 84, blocks::q2_k}},
    NumberedType{11, {"Q3_K", 256, 110, blocks::q3_k}},
    NumberedType{12, {"Q4_K", 256, 144, blocks::q4_k}},
    NumberedType{13, {"Q5_K", 256, 176, blocks::q5_k}},
    NumberedType{14, {"Q6_K", 256, 210, blocks::q6_k}},
    NumberedType{15, {"Q8_K", 256, 292, nullptr}},
    NumberedType{16, {"IQ2_XXS", 256, 66, nullptr}},
    NumberedType{17, {"IQ2_XS", 256, 74, nullptr}},
    NumberedType{18, {"IQ3_XXS", 256, 98, nullptr}},
    NumberedType{19, {"IQ1_S", 256, 50, nullptr}},
    NumberedType{20, {"IQ4_NL", 32, 18, blocks::iq4_nl}},
    NumberedType{21, {"IQ3_S", 256, 110, nullptr}},
    NumberedType{22, {"IQ2_S", 256, 82, nullptr}},
    NumberedType{23, {"IQ4_XS", 256, 136, nullptr}},
    NumberedType{24, {"I8", 1, 1, nullptr}},
    NumberedType{25, {"I16", 1, 2, nullptr}},
    NumberedType{26, {"I32", 1, 4, nullptr}},
    NumberedType{27, {"I64", 1, 8, nullptr}},
    NumberedType{28, {"F64", 1, 8, nullptr}},
    NumberedType{29, {"IQ1_M", 256, 56, nullptr}},
    NumberedType{30, bf16},
    NumberedType{34, {"TQ1_0", 256, 54, nullptr}},
    NumberedType{35, {"TQ2_0", 256, 66, nullptr}},
    NumberedType{39, {"MXFP4", 32, 17, nullptr}},
};

}  // namespace

const ElementType* safetensors_type(std::string_view name) {
  const auto* found = std::find_if(safetensors_types.begin(), safetensors_types.end(),
                                   [name](const ElementType& type) { return type.name == name; });
  return found == safetensors_types.end() ? nullptr : found;
}

const ElementType* gguf_type(std::uint32_t number) {
  const auto* found =
      std::find_if(gguf_types.begin(), gguf_types.end(),
                   [number](const NumberedType& type) { return type.number == number; });
  return found == gguf_types.end() ? nullptr : &found->type;
}

}  // namespace ringlet::convert
