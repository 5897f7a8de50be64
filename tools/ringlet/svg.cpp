#include "svg.hpp"

#include <vector>

#include "parse_values.hpp"

namespace ringlet::cli {
namespace {

constexpr double svg_letter = 6.6;  // average width of a letter in the font below

constexpr SvgClass svg_classes[] = {{"page", "fill:#fff", "fill:#14181c"},
                                    {"title", "font-weight:bold", ""},
                                    {"dim", "fill:#5a6772", "fill:#9aa6b1"}};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      result += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return result;
}

std::string svg_rules(const char* text, std::span<const SvgClass> classes,
                      const char* SvgClass::*column) {
  std::string rules = text;
  for (const std::span<const SvgClass> some : {std::span<const SvgClass>(svg_classes), classes}) {
    for (const SvgClass& one : some) {
      if (*(one.*column) != '\0') rules += std::string(".") + one.name + "{" + one.*column + "}";
    }
  }
  return rules;
}

std::string attribute(const char* name, const char* value) {
  return *value == '\0' ? "" : std::string(" ") + name + "=\"" + value + "\"";
}

}  // namespace

SvgPicture::SvgPicture(double width, double height, std::string_view title,
                       std::span<const SvgClass> classes)
    : head_(format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                   "role=\"img\">\n",
                   width, height) +
            "<title>" + escaped(title) + "</title>\n<style>" +
            svg_rules("text{font:12px system-ui,sans-serif;fill:#123}", classes, &SvgClass::light) +
            "@media(prefers-color-scheme:dark){" +
            svg_rules("text{fill:#e4e8ec}", classes, &SvgClass::dark) +
            "}</style>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n") {}

void SvgPicture::rectangle(const char* kind, double x, double y, double width, double height) {
  body_ += format("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
                  kind, x, y, width, height);
}

void SvgPicture::line(const char* kind, SvgPoint from, SvgPoint to) {
  body_ += format("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", kind,
                  from.x, from.y, to.x, to.y);
}

void SvgPicture::curve(const char* kind, std::span<const SvgPoint> points) {
  body_ += format("<polyline class=\"%s\" points=\"", kind);
  for (std::size_t i = 0; i < points.size(); ++i) {
    body_ += format("%s%.1f,%.1f", i == 0 ? "" : " ", points[i].x, points[i].y);
  }
  body_ += "\"/>\n";
}

void SvgPicture::text(double x, double y, std::string_view label, const SvgText& style) {
  const std::string content = escaped(label);
  body_ += format("<text x=\"%.1f\" y=\"%.1f\"", x, y) + attribute("class", style.kind) +
           attribute("text-anchor", style.anchor);
  if (style.room > 0 && svg_letter * static_cast<double>(label.size()) > style.room) {
    body_ += format(" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"", style.room);
  }
  body_ += ">" + content + (style.room > 0 ? "<title>" + content + "</title>" : "") + "</text>\n";
}

std::string SvgPicture::document() const { return head_ + body_ + "</svg>\n"; }

}  // namespace ringlet::cli
