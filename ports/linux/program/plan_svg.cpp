#include <algorithm>
#include <vector>

#include "plan_report.hpp"
#include "values.hpp"

namespace ringlet::cli {
namespace {

constexpr double left = 110;
constexpr double width = 720;
constexpr double right = 150;    // for labels longer than the boxes of the last step
constexpr double smallest = 14;  // a row that a label fits into

/// Offsets are not drawn to scale, or a large cache would leave a pixel to everything else: each
/// interval between two section boundaries has a height that grows with the logarithm of its bytes.
class Ladder {
 public:
  explicit Ladder(const MemoryPlan& plan) {
    for (const Section& section : plan.sections()) {
      edges_.push_back(section.offset);
      edges_.push_back(section.offset + section.bytes);
    }
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    heights_.push_back(40);
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

std::string rectangle(const Section& section, const Ladder& ladder, double steps) {
  const bool always = lives_for_ever(section);
  const double x = always ? left : left + width * section.first_step / steps;
  const double span = always ? width : width * (section.last_step - section.first_step + 1) / steps;
  const double top = ladder.at(section.offset);
  const double height = ladder.at(section.offset + section.bytes) - top;
  const std::string label = std::string(section.name) + ", " + human_bytes(section.bytes);
  return format(
      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"#345\"/>"
      "<text x=\"%.1f\" y=\"%.1f\">%s<title>%s</title></text>\n",
      x, top, span, height, always ? "#cfe3f5" : "#fbe3c0", x + 4, top + height / 2 + 4,
      label.c_str(), label.c_str());
}

}  // namespace

std::string plan_svg(const PlanReport& report) {
  const Ladder ladder(report.plan);
  unsigned steps = 1;
  std::string body;
  for (const Section& section : report.plan.sections()) {
    if (!lives_for_ever(section)) steps = std::max(steps, section.last_step + 1U);
  }
  for (const Section& section : report.plan.sections()) {
    if (section.bytes == 0) continue;
    body += rectangle(section, ladder, steps);
    body += format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", left - 6,
                   ladder.at(section.offset) + 9, with_commas(section.offset).c_str());
  }
  const double height = ladder.end() + 30;
  return format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
             "font-family=\"sans-serif\" font-size=\"11\">\n",
             left + width + right, height) +
         "<text x=\"10\" y=\"22\" font-size=\"14\">" +
         format(
             "RAM %s: context %u, kv %s. Blue: always in use; orange: from left to right the steps "
             "of a "
             "layer.",
             human_bytes(report.plan.total()).c_str(), report.config.context, report.kv.c_str()) +
         "</text>\n" + body + "</svg>\n";
}

}  // namespace ringlet::cli
