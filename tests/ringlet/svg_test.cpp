#include "svg.hpp"

#include <gtest/gtest.h>

namespace ringlet::cli {
namespace {

constexpr SvgClass classes[] = {{"red", "fill:#f00", "fill:#a00"}};

TEST(Svg, HasColorsForLightAndDarkPages) {
  const std::string text = SvgPicture(200, 100, "A picture", classes).document();
  EXPECT_TRUE(
      text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 100\""));
  EXPECT_TRUE(text.ends_with("</svg>\n"));
  const std::size_t dark = text.find("@media(prefers-color-scheme:dark){");
  EXPECT_LT(text.find(".red{fill:#f00}"), dark);
  EXPECT_GT(text.find(".red{fill:#a00}"), dark);
  EXPECT_NE(text.find("<title>A picture</title>"), std::string::npos);
}

TEST(Svg, ElementsFollowOneAnother) {
  SvgPicture picture(200, 100, "", classes);
  const SvgPoint points[] = {{1, 2}, {3, 4.25}};
  picture.rectangle("red", 1, 2, 3, 4);
  picture.line("red", {1, 2}, {3, 4});
  picture.curve("red", points);
  picture.text(5, 6, "hello", {.kind = "dim", .anchor = "end"});
  EXPECT_TRUE(picture.document().ends_with(
      "<rect class=\"red\" x=\"1.0\" y=\"2.0\" width=\"3.0\" height=\"4.0\"/>\n"
      "<line class=\"red\" x1=\"1.0\" y1=\"2.0\" x2=\"3.0\" y2=\"4.0\"/>\n"
      "<polyline class=\"red\" points=\"1.0,2.0 3.0,4.2\"/>\n"
      "<text x=\"5.0\" y=\"6.0\" class=\"dim\" text-anchor=\"end\">hello</text>\n</svg>\n"));
}

TEST(Svg, TextIsNeverMarkup) {
  SvgPicture picture(200, 100, "<&>", classes);
  picture.text(0, 0, "a<b>&\"\x1b \xff");
  EXPECT_NE(picture.document().find("<title>&lt;&amp;&gt;</title>"), std::string::npos);
  EXPECT_NE(picture.document().find(">a&lt;b&gt;&amp;\"? ?</text>"), std::string::npos);
}

TEST(Svg, ALongTextIsCondensedAndHasATooltip) {
  SvgPicture picture(200, 100, "", classes);
  picture.text(0, 0, "short", {.room = 100});
  picture.text(0, 0, "much longer than that", {.room = 100});
  const std::string text = picture.document();
  EXPECT_NE(text.find(">short<title>short</title></text>"), std::string::npos);
  EXPECT_NE(text.find(" textLength=\"100.0\" lengthAdjust=\"spacingAndGlyphs\">much"),
            std::string::npos);
}

}  // namespace
}  // namespace ringlet::cli
