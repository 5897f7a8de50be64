#include <algorithm>
#include <vector>

#include "parse_values.hpp"
#include "plan_report.hpp"
#include "svg.hpp"

namespace ringlet::cli {
namespace {

constexpr double left = 120;
constexpr double stage_width = 142;
constexpr double stages_width = stage_width * stage_count;
constexpr double smallest = 16;  // height of a row with a label
constexpr double top_of_axis = 48;

constexpr SvgClass plan_classes[] = {
    {"always", "fill:#cfe3f5;stroke:#345", "fill:#1f4460;stroke:#9bb"},
    {"while", "fill:#fbe3c0;stroke:#345", "fill:#5c4317;stroke:#9bb"},
    {"grid", "stroke:#bbb;stroke-dasharray:2 3", "stroke:#444"}};

/// Offsets are not to scale, since a large cache would leave one pixel for everything else. The
/// height of each interval between two section boundaries grows with the logarithm of its bytes.
class Ladder {
 public:
  explicit Ladder(const MemoryPlan& plan) {
    for (const Section& section : plan.sections()) {
      edges_.push_back(section.offset);
      edges_.push_back(section.offset + section.bytes);
    }
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    heights_.push_back(top_of_axis + 10);
    for (std::size_t i = 1; i < edges_.size(); ++i) {
      double height = smallest;
      for (std::uint64_t bytes = edges_[i] - edges_[i - 1]; bytes > 1024; bytes /= 4) height += 5;
      heights_.push_back(heights_.back() + height);
    }
  }
  [[nodiscard]] double at(std::uint64_t offset) const {
    const auto edge = std::lower_bound(edges_.begin(), edges_.end(), offset);
    return heights_[static_cast<std::size_t>(edge - edges_.begin())];
  }
  [[nodiscard]] double end() const { return heights_.back(); }

 private:
  std::vector<std::uint64_t> edges_;
  std::vector<double> heights_;
};

void draw_section(SvgPicture& picture, const Section& section, const Ladder& ladder) {
  const auto first = static_cast<double>(section.permanent ? Stage::embed : section.first_stage);
  const auto last = static_cast<double>(section.permanent ? Stage::logits : section.last_stage);
  const double x = left + first * stage_width;
  const double span = (last - first + 1) * stage_width;
  const double top = ladder.at(section.offset);
  const double height = ladder.at(section.offset + section.bytes) - top;
  const std::string label = std::string(name_of(section.id)) + ", " + human_bytes(section.bytes);
  picture.rectangle(section.permanent ? "always" : "while", x, top, span, height);
  picture.text(x + 4, top + height / 2 + 4, label, {.room = span - 8});
  picture.text(left - 6, top + 9, with_commas(section.offset), {.anchor = "end"});
}

/// The names of the stages, above their columns.
void draw_stages(SvgPicture& picture, double bottom) {
  for (std::uint8_t stage = 0; stage < stage_count; ++stage) {
    const double x = left + stage * stage_width;
    picture.line("grid", {x, top_of_axis - 12}, {x, bottom});
    picture.text(x + 4, top_of_axis, name_of(static_cast<Stage>(stage)), {.room = stage_width - 8});
  }
}

}  // namespace

std::string plan_svg(const PlanReport& report) {
  const Ladder ladder(report.plan);
  const std::string title = format(
      "RAM %s: context %u, kv %s. Blue: always in use. Orange: in use during these stages of a "
      "pass.",
      human_bytes(report.plan.total()).c_str(), report.config.context, report.kv.c_str());
  SvgPicture picture(left + stages_width + 20, ladder.end() + 20, title, plan_classes);
  picture.text(10, 20, title, {.kind = "title"});
  draw_stages(picture, ladder.end());
  for (const Section& section : report.plan.sections()) {
    if (section.bytes != 0) draw_section(picture, section, ladder);
  }
  return picture.document();
}

}  // namespace ringlet::cli
