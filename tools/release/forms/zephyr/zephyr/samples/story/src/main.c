#include <zephyr/sys/printk.h>

#include "story.h"

static void write_text(const char* text) { printk("%s", text); }

int main(void) { return tell_story(write_text); }
