// An image without any test.
#include <gtest/gtest.h>
