// Tells a story on the serial port. Needs 1 MB of flash and 200 KB of RAM.
#include <Ringlet.h>

#include "story.h"

static void write_text(const char* text) { Serial.print(text); }

void setup() {
  Serial.begin(115200);
  while (!Serial) {
  }
  tell_story(write_text);
}

void loop() {}
