#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "parse_values.hpp"
#include "svg.hpp"
#include "without_cache_report.hpp"

namespace ringlet::cli {
namespace {

constexpr double chart_width = 860;
constexpr double chart_height = 390;
constexpr double chart_margin = 20;
constexpr double plot_left = 50;  // room for the figures of the vertical axis
constexpr double plot_top = 116;
constexpr double plot_width = 350;
constexpr double plot_height = 220;
constexpr double plot_gap = 30;

constexpr SvgClass chart_classes[] = {
    {"rule", "stroke:#d3d9df", "stroke:#39424a"},
    {"cached", "fill:#2a72b5", "fill:#58a6e6"},
    {"recomputed", "fill:#7b8791", "fill:#93a0ac"},
    {"cachedcurve", "fill:none;stroke:#2a72b5;stroke-width:2", "stroke:#58a6e6"},
    {"recomputedcurve", "fill:none;stroke:#7b8791;stroke-width:2", "stroke:#93a0ac"}};

/// An axis from zero, divided at 1, 2, 2.5 or 5 times a power of ten.
struct Axis {
  double step;
  double end;

  Axis(double largest, int divisions) : step(0), end(0) {
    largest = std::max(largest, 1e-9);  // a clock may not have moved
    const double power = std::pow(10, std::floor(std::log10(largest / divisions)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
      step = factor * power;
      if (step * divisions >= largest) break;
    }
    end = step * std::ceil(largest / step);
  }
};

/// A figure with three digits, as far as they are not zeros of a whole number.
std::string figure(double value) { return format(value < 1000 ? "%.3g" : "%.0f", value); }

/// One diagram: both curves above the tokens of the text.
class Plot {
 public:
  Plot(SvgPicture& picture, double x, std::string_view title, const std::vector<double>& cached,
       const std::vector<double>& recomputed)
      : picture_(picture),
        x_(x),
        tokens_(static_cast<double>(cached.size())),
        values_(std::max(*std::max_element(cached.begin(), cached.end()),
                         *std::max_element(recomputed.begin(), recomputed.end())),
                5) {
    picture_.text(x_, plot_top - 12, title, {.kind = "title"});
    draw_axes();
    draw_curve("recomputedcurve", recomputed);
    draw_curve("cachedcurve", cached);
    label_end(recomputed);
    label_end(cached);
  }

 private:
  [[nodiscard]] SvgPoint at(double token, double value) const {
    return {x_ + plot_width * token / tokens_, plot_top + plot_height * (1 - value / values_.end)};
  }

  void draw_axes() {
    for (double value = 0; value < values_.end + values_.step / 2; value += values_.step) {
      const SvgPoint from = at(0, value);
      picture_.line("rule", from, {x_ + plot_width, from.y});
      picture_.text(x_ - 6, from.y + 4, figure(value), {.kind = "dim", .anchor = "end"});
    }
    const double step = std::max(1.0, Axis(tokens_, 6).step);
    for (double token = 0; token <= tokens_; token += step) {
      picture_.text(at(token, 0).x, plot_top + plot_height + 16, figure(token),
                    {.kind = "dim", .anchor = "middle"});
    }
    picture_.text(x_ + plot_width / 2, plot_top + plot_height + 34, "tokens",
                  {.kind = "dim", .anchor = "middle"});
  }

  void draw_curve(const char* kind, const std::vector<double>& values) {
    std::vector<SvgPoint> points;
    for (std::size_t i = 0; i < values.size(); ++i) {
      points.push_back(at(static_cast<double>(i + 1), values[i]));
    }
    picture_.curve(kind, points);
  }

  /// Writes the last value above the curve's end.
  void label_end(const std::vector<double>& values) {
    const auto below = static_cast<std::ptrdiff_t>(values.size() / 10);
    const double highest = *std::max_element(values.end() - below - 1, values.end());
    const SvgPoint end = at(tokens_, highest);
    picture_.text(end.x, end.y - 7, figure(values.back()), {.anchor = "end"});
  }

  SvgPicture& picture_;
  double x_;
  double tokens_;
  Axis values_;
};

void draw_legend(SvgPicture& picture) {
  double x = chart_margin;
  for (const auto& [kind, words] :
       {std::pair{"cached", "with cached keys and values"},
        std::pair{"recomputed", "without: all tokens so far computed again for each token"}}) {
    picture.rectangle(kind, x, 62, 12, 12);
    picture.text(x + 17, 72, words);
    x += 210;
  }
}

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

std::vector<double> summed(std::vector<double> values) {
  for (std::size_t i = 1; i < values.size(); ++i) values[i] += values[i - 1];
  return values;
}

}  // namespace

std::string without_cache_svg(const LoadedModel& model, const CacheComparison& comparison) {
  const std::vector<double>& cached = comparison.cached;
  const std::vector<double>& recomputed = comparison.recomputed;
  const std::string title = with_commas(cached.size()) + plural(cached.size(), " token") +
                            " with and without the cache: the same bits, " +
                            figure(total_seconds(recomputed) / total_seconds(cached)) +
                            " times the time";
  SvgPicture picture(chart_width, chart_height, title, chart_classes);
  picture.text(chart_margin, 26, title, {.kind = "title"});
  picture.text(chart_margin, 45, model.name() + ", " + settings_of(comparison), {.kind = "dim"});
  draw_legend(picture);
  double x = plot_left;
  Plot(picture, x, "Time of each token, ms", scaled(cached, 1e3), scaled(recomputed, 1e3));
  x += plot_width + plot_gap + plot_left;
  Plot(picture, x, "Time of the text so far, s", summed(cached), summed(recomputed));
  return picture.document();
}

}  // namespace ringlet::cli
