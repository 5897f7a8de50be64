#include "source/element_type.hpp"

#include <algorithm>
#include <array>

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

/// A type whose codes fit into one of the library's formats.
template <const CodedBlock& block>
constexpr ElementType coded(const char* name) {
  return {name, block.elements, block.bytes, blocks::decode_coded<block>, block.format, &block};
}

/// A quantized type with minima, codebooks or more scales than the library's formats have. INT8
/// rounds it finely; INT4 would quantize it a second time.
constexpr ElementType finer(const char* name, std::uint32_t elements, std::uint32_t bytes,
                            blocks::Decoder* decode) {
  return {name, elements, bytes, decode, MatrixFormat::int8};
}

struct NumberedType {
  std::uint32_t number;
  ElementType type;
};

// Q8_1 and Q8_K are formats of activations and do not occur in files.
constexpr std::array gguf_types = {
    NumberedType{0, f32},
    NumberedType{1, f16},
    NumberedType{2, coded<blocks::q4_0>("Q4_0")},
    NumberedType{3, finer("Q4_1", 32, 20, blocks::q4_1)},
    NumberedType{6, coded<blocks::q5_0>("Q5_0")},
    NumberedType{7, finer("Q5_1", 32, 24, blocks::q5_1)},
    NumberedType{8, coded<blocks::q8_0>("Q8_0")},
    NumberedType{9, {"Q8_1", 32, 36, nullptr}},
    NumberedType{10, finer("Q2_K", 256, 84, blocks::q2_k)},
    NumberedType{11, finer("Q3_K", 256, 110, blocks::q3_k)},
    NumberedType{12, finer("Q4_K", 256, 144, blocks::q4_k)},
    NumberedType{13, finer("Q5_K", 256, 176, blocks::q5_k)},
    NumberedType{14, finer("Q6_K", 256, 210, blocks::q6_k)},
    NumberedType{15, {"Q8_K", 256, 292, nullptr}},
    NumberedType{16, finer("IQ2_XXS", 256, 66, blocks::iq2_xxs)},
    NumberedType{17, finer("IQ2_XS", 256, 74, blocks::iq2_xs)},
    NumberedType{18, finer("IQ3_XXS", 256, 98, blocks::iq3_xxs)},
    NumberedType{19, finer("IQ1_S", 256, 50, blocks::iq1_s)},
    NumberedType{20, coded<blocks::iq4_nl>("IQ4_NL")},
    NumberedType{21, finer("IQ3_S", 256, 110, blocks::iq3_s)},
    NumberedType{22, finer("IQ2_S", 256, 82, blocks::iq2_s)},
    NumberedType{23, finer("IQ4_XS", 256, 136, blocks::iq4_xs)},
    NumberedType{24, {"I8", 1, 1, nullptr}},
    NumberedType{25, {"I16", 1, 2, nullptr}},
    NumberedType{26, {"I32", 1, 4, nullptr}},
    NumberedType{27, {"I64", 1, 8, nullptr}},
    NumberedType{28, {"F64", 1, 8, nullptr}},
    NumberedType{29, finer("IQ1_M", 256, 56, blocks::iq1_m)},
    NumberedType{30, bf16},
    NumberedType{34, coded<blocks::tq1_0>("TQ1_0")},
    NumberedType{35, coded<blocks::tq2_0>("TQ2_0")},
    NumberedType{39, coded<blocks::mxfp4>("MXFP4")},
    NumberedType{40, finer("NVFP4", 64, 36, blocks::nvfp4)},
    NumberedType{41, coded<blocks::q1_0>("Q1_0")},
    NumberedType{42, coded<blocks::q2_0>("Q2_0")},
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

const char* foreign_gguf_type(std::uint32_t number) {
  switch (number) {
    case 4:
    case 5:
      return "Q4_2 or Q4_3, which llama.cpp dropped in 2023; convert the original model again";
    case 31:
    case 32:
    case 33:
      return "Q4_0 rearranged for Arm, which llama.cpp no longer stores; make the file as Q4_0";
    case 36:
    case 37:
    case 38:
      return "a type of bitnet.cpp (I2_S, I8_S, TL1) or IQ4_NL rearranged for Arm; make the file "
             "with llama.cpp, ternary weights as TQ1_0 or TQ2_0";
    default:
      return nullptr;
  }
}

}  // namespace ringlet::convert
