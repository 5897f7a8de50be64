// A small SVG writer: text, boxes, lines and curves, with colors for light and for dark pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ringlet::cli {

/// A class of elements: what its style sets on light pages, and what changes on dark ones.
struct SvgClass {
  const char* name;
  const char* light;  // "fill:#fff"
  const char* dark;
};

struct SvgPoint {
  double x;
  double y;
};

/// How a text is set.
struct SvgText {
  const char* kind = "";    // its class; none: the color of the page's text
  const char* anchor = "";  // "middle" or "end"; none: the text begins at x
  double room = 0;          // a longer text is condensed to this many pixels; 0: no limit
};

/// A picture. Elements are drawn in the order of the calls. The pictures of the pages have the same
/// colors (tools/pictures/svg.py).
class SvgPicture {
 public:
  /// The classes "title" and "dim", for texts, are always there.
  SvgPicture(double width, double height, std::string_view title,
             std::span<const SvgClass> classes);

  void rectangle(const char* kind, double x, double y, double width, double height);
  void line(const char* kind, SvgPoint from, SvgPoint to);
  /// A line through all points.
  void curve(const char* kind, std::span<const SvgPoint> points);
  /// Writes '?' for everything except printable ASCII. The whole text is also the tooltip of a
  /// text with limited room.
  void text(double x, double y, std::string_view label, const SvgText& style = {});

  /// The document.
  [[nodiscard]] std::string document() const;

 private:
  std::string head_;
  std::string body_;
};

}  // namespace ringlet::cli
