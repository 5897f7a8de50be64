#include <stdio.h>

#include "pico/stdlib.h"
#include "story.h"

static void write_text(const char* text) { fputs(text, stdout); }

int main(void) {
  stdio_init_all();
  sleep_ms(3000); /* until a terminal is open */
  return tell_story(write_text);
}
