// Rounds the rows of a strip one column after the other, and lets the columns that follow make up
// for each error (Frantar et al., GPTQ, 2023).
#pragma once

#include "calibrate/objective.hpp"
#include "calibrate/strip.hpp"

namespace ringlet::convert {

/// Fills in what is stored from the target. Each group gets the scale that quantize_int4 finds for
/// its weights as they are by then, where a column counts by 1/U_kk²: what its error costs after
/// the others have made up for it.
void round_with_compensation(const Objective& objective, Strip& strip);

}  // namespace ringlet::convert
