# include(…/ringlet.cmake) defines the library `ringlet`.
add_library(ringlet STATIC ${CMAKE_CURRENT_LIST_DIR}/ringlet.cpp)
target_include_directories(ringlet PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_compile_features(ringlet PRIVATE cxx_std_20)
target_compile_options(ringlet PRIVATE
  -O2 -fno-exceptions -fno-rtti -fno-math-errno -Wno-psabi -ffunction-sections -fdata-sections)
