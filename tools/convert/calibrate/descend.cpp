#include "calibrate/descend.hpp"

#include <algorithm>
#include <array>

#include "kernels/packed_layout.hpp"
#include "numerics/half.hpp"

namespace ringlet::convert {
namespace {

using Group = ColumnOrder::Group;
using Lanes = std::array<float, panel_lanes>;

/// How far one fit can move a scale, as a fraction of it.
constexpr float largest_step = 0.2F;

/// The state of the descent in one group.
class GroupDescent {
 public:
  GroupDescent(const Objective& objective, const Group& group, std::vector<float>& gradient,
               float* scales, Strip& strip)
      : objective_(objective),
        group_(group),
        count_(group.end - group.begin),
        gradient_(gradient),
        scales_(scales),
        strip_(strip) {}

  void fit_scales() {
    Lanes slope{};      // Σ code · gradient
    Lanes curvature{};  // Σ code · H · code
    for (std::size_t k = group_.begin; k < group_.end; ++k) {
      Lanes product{};
      for (std::size_t j = group_.begin; j < group_.end; ++j) {
        const float h = objective_.hessian_row(k)[j];
        for (std::size_t r = 0; r < panel_lanes; ++r) product[r] += h * code(j, r);
      }
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        slope[r] += code(k, r) * gradient_[k * panel_lanes + r];
        curvature[r] += code(k, r) * product[r];
      }
    }
    for (std::size_t r = 0; r < panel_lanes; ++r) {
      scales_[r] = fitted(scales_[r], slope[r], curvature[r]);
    }
    for (std::size_t k = group_.begin; k < group_.end; ++k) {
      move(k, [&](std::size_t r) { return scales_[r] * code(k, r); });
    }
  }

  void fit_codes() {
    for (std::size_t k = group_.begin; k < group_.end; ++k) {
      const float inverse = 1 / objective_.hessian_row(k)[k];
      std::int8_t* codes = strip_.codes.data() + k * panel_lanes;
      const float* stored = strip_.stored.data() + k * panel_lanes;
      const float* gradient = gradient_.data() + k * panel_lanes;
      for (std::size_t r = 0; r < panel_lanes; ++r) {
        codes[r] = nearest_code(stored[r] - gradient[r] * inverse, scales_[r]);
      }
      move(k, [&](std::size_t r) { return scales_[r] * code(k, r); });
    }
  }

  /// Gives the changes of the group to the gradients of all other columns.
  void spread(std::size_t columns) {
    const auto add = [&](std::size_t begin, std::size_t end) {
      add_product(MatrixPart<float>{objective_.hessian_row(begin) + group_.begin, objective_.size,
                                    end - begin, count_},
                  changes_.data(), gradient_.data() + begin * panel_lanes);
    };
    add(0, group_.begin);
    add(group_.end, columns);
  }

 private:
  [[nodiscard]] float code(std::size_t k, std::size_t r) const {
    return static_cast<float>(strip_.codes[k * panel_lanes + r]);
  }

  /// The scale with the least error, as an fp16 that can be stored.
  static float fitted(float scale, float slope, float curvature) {
    if (!(curvature > 0) || scale == 0) return scale;
    const float most = largest_step * (scale < 0 ? -scale : scale);
    const float step = std::clamp(-slope / curvature, -most, most);
    return half_to_float(signed_scale_to_half(scale + step));
  }

  /// Sets the stored weights of column k, and the gradients in the group.
  template <typename Value>
  void move(std::size_t k, Value value) {
    Lanes change;
    float* stored = strip_.stored.data() + k * panel_lanes;
    float* total = changes_.data() + (k - group_.begin) * panel_lanes;
    for (std::size_t r = 0; r < panel_lanes; ++r) {
      const float now = value(r);
      change[r] = now - stored[r];
      stored[r] = now;
      total[r] += change[r];
    }
    for (std::size_t j = group_.begin; j < group_.end; ++j) {
      const float h = objective_.hessian_row(k)[j];
      float* gradient = gradient_.data() + j * panel_lanes;
      for (std::size_t r = 0; r < panel_lanes; ++r) gradient[r] += h * change[r];
    }
  }

  const Objective& objective_;
  const Group& group_;
  std::size_t count_;
  std::vector<float>& gradient_;
  float* scales_;
  Strip& strip_;
  std::array<float, packed::group_size * panel_lanes> changes_{};
};

}  // namespace

void descend(const Objective& objective, Strip& strip, int sweeps) {
  const std::size_t columns = objective.order.columns.size();
  std::vector<float> errors(columns * panel_lanes);
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = strip.stored[i] - strip.target[i];
  std::vector<float> gradient(columns * panel_lanes, 0.0F);
  add_product(MatrixPart<float>{objective.hessian.data(), objective.size, columns, columns},
              errors.data(), gradient.data());
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t i = 0; i < objective.order.groups.size(); ++i) {
      GroupDescent group(objective, objective.order.groups[i], gradient,
                         strip.scales.data() + i * panel_lanes, strip);
      group.fit_scales();
      group.fit_codes();
      group.spread(columns);
    }
  }
}

}  // namespace ringlet::convert
