// Coordinate descent: changes the rounded weights of a strip one at a time, each to the best value
// while all others stay.
#pragma once

#include "calibrate/objective.hpp"
#include "calibrate/strip.hpp"

namespace ringlet::convert {

/// Sweeps over the groups. In each it fits the scale to the codes, in closed form, and then every
/// code, so that the objective falls with each step, up to the rounding of scales to fp16.
void descend(const Objective& objective, Strip& strip, int sweeps = 2);

}  // namespace ringlet::convert
