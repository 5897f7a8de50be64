# Writes a file of HTML as a C++ source: cmake -DPAGE=… -DSOURCE=… -P embed_page.cmake
file(READ ${PAGE} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE ${SOURCE} "#include \"serve/http/page.hpp\"
namespace ringlet::serve {
namespace {
constexpr unsigned char bytes[] = {
${bytes}
};
}  // namespace
std::string_view page() noexcept { return {reinterpret_cast<const char*>(bytes), sizeof(bytes)}; }
}  // namespace ringlet::serve
")
