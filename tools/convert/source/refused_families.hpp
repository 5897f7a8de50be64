// Families that are refused by name, each with the reason.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::convert {

/// Why a family cannot be read: a clause, or an empty text if the name says nothing. `name` is a
/// `model_type`, a general.architecture, or a class of config.json's "architectures".
std::string_view reason_to_refuse(std::string_view name);

/// The end of a sentence whose subject is a family that is not read: the reason, if there is one,
/// and where to look.
std::string refusal_of_family(std::string_view reason);

}  // namespace ringlet::convert
