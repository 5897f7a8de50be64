#include <stdio.h>

#include "story.h"

static void write_text(const char* text) { fputs(text, stdout); }

void app_main(void) { tell_story(write_text); }
